#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <map>

namespace {
enum { ALIGNMENT = 256, EDGE = 0xC5 };
const size_t PAGE = 4096, ARENA = (size_t)1 << 40;

char *arena, *next_page;
// By start address. Freed allocations are kept, for error messages.
std::map<const char *, Allocation> &allocations() {
  static std::map<const char *, Allocation> all;
  return all;
}
size_t used[64];

/// Limits the list to 100,000 allocations by erasing the oldest freed ones.
void forget_the_oldest() {
  auto &all = allocations();
  for (auto a = all.begin(); all.size() > 100000 && a != all.end();) {
    a = a->second.is_live ? std::next(a) : all.erase(a);
  }
}

void fill_edges(Allocation &a) {
  memset(a.pages, EDGE, a.data - a.pages);
  memset(a.data + a.size, EDGE, a.pages + a.length - a.data - a.size);
}
bool is_edge(const char *begin, const char *end) {
  return begin == end || ((unsigned char)*begin == EDGE && memcmp(begin, begin + 1, end - begin - 1) == 0);
}
}  // namespace

size_t total_memory(int) {
  const char *text = getenv("FLAMBEAU_SIMULATOR_MEMORY");
  return text ? strtoull(text, nullptr, 10) : (size_t)4 << 30;
}

size_t used_memory(int device) { return used[device]; }

Allocation *allocate(int device, size_t size) {
  if (size > total_memory(device) - used[device]) return nullptr;
  if (!arena) {
    void *pages =
        mmap(nullptr, ARENA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) return nullptr;
    arena = next_page = (char *)pages;
  }
  size_t taken = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  size_t length = (taken + PAGE - 1) / PAGE * PAGE;
  // There is a guard page between allocations, and no address is used twice.
  if (next_page + length + PAGE > arena + ARENA) return nullptr;
  char *pages = next_page;
  if (mprotect(pages, length, PROT_READ | PROT_WRITE) != 0) return nullptr;
  next_page += length + PAGE;
  used[device] += size;
  forget_the_oldest();
  Allocation &a = allocations()[pages];
  a = {pages + length - taken, size, device, pages, length, true, std::vector<unsigned char>(size)};
  fill_edges(a);
  mprotect(pages, length, PROT_NONE);
  return &a;
}

Allocation *allocation_at(const void *place) {
  auto found = allocations().upper_bound((const char *)place);
  if (found == allocations().begin()) return nullptr;
  Allocation &a = std::prev(found)->second;
  bool is_inside = a.is_live && (const char *)place >= a.data &&
                   (const char *)place <= a.data + a.size;
  return is_inside ? &a : nullptr;
}

bool release(void *data) {
  Allocation *a = allocation_at(data);
  if (!a || a->data != data) return false;
  a->is_live = false;
  a->written.clear();
  a->written.shrink_to_fit();
  used[a->device] -= a->size;
  // Return the pages, but keep the addresses inaccessible.
  mmap(a->pages, a->length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
       0);
  return true;
}

Opened::Opened(Allocation *allocation) : allocation(allocation) {
  mprotect(allocation->pages, allocation->length, PROT_READ | PROT_WRITE);
}

Opened::~Opened() { mprotect(allocation->pages, allocation->length, PROT_NONE); }

bool has_intact_edges(const Allocation &a) {
  return is_edge(a.pages, a.data) && is_edge(a.data + a.size, a.pages + a.length);
}

std::string describe_address(const void *place) {
  const char *p = (const char *)place;
  if (!arena || p < arena || p >= arena + ARENA) {
    return "an address outside of the device's memory";
  }
  auto found = allocations().upper_bound(p);
  if (found == allocations().begin()) return "an address that was never allocated";
  const Allocation &a = std::prev(found)->second;
  std::string size = std::to_string(a.size) + " bytes";
  if (!a.is_live && p < a.pages + a.length) return "memory that was freed (" + size + ")";
  if (p < a.data) return std::to_string(a.data - p) + " bytes before " + size;
  if (p >= a.data + a.size) return std::to_string(p - a.data - a.size) + " bytes after " + size;
  return "byte " + std::to_string(p - a.data) + " of " + size + " that are not among the kernel's arguments";
}
