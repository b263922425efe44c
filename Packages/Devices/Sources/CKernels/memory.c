#include "include/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
  ALIGNMENT = 64,
  // Loops read several cache lines at a time, which should be of one page.
  LARGE_ALIGNMENT = 256,
  LARGE_PAGE = 1 << 21,
  // Four size classes per power of two, so that at most a fifth of a block is unused.
  CLASSES = 4 * 58,
  // Each thread caches blocks up to this size, and up to this many bytes of each size class.
  LARGEST_SMALL = 1 << 16,
  KEPT_BY_THREAD = 1 << 20,
};
// The largest number of bytes that the shared cache keeps.
static const int64_t KEPT_BY_ALL = (int64_t)1 << 31;

// A free block holds the link to the next one.
typedef struct Block {
  struct Block *next;
} Block;

typedef struct Cache {
  Block *free[CLASSES];
  int64_t kept[CLASSES];
  // Written by the owning thread only; others may read them.
  _Atomic int64_t in_use, cached;
  struct Cache *next;
  bool registered;
} Cache;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Cache shared;
static Cache *threads;
// The net bytes in use of threads that have ended.
static int64_t in_use_by_ended;
static int64_t peak;

static _Thread_local Cache local;
static pthread_key_t thread_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void count(_Atomic int64_t *counter, int64_t change) {
  int64_t value = atomic_load_explicit(counter, memory_order_relaxed);
  atomic_store_explicit(counter, value + change, memory_order_relaxed);
}

/// The size class of a size, and the size of its blocks.
static inline int class_of(long size, long *rounded) {
  long units = size <= ALIGNMENT ? 1 : (size + ALIGNMENT - 1) / ALIGNMENT;
  int shift = 61 - __builtin_clzl(units);
  if (shift < 0) shift = 0;
  long steps = (units + (1L << shift) - 1) >> shift;
  *rounded = (steps << shift) * ALIGNMENT;
  return 4 * shift + (int)steps;
}

static void release(Cache *cache) {
  for (int class = 0; class < CLASSES; class++) {
    while (cache->free[class]) {
      Block *block = cache->free[class];
      cache->free[class] = block->next;
      free(block);
    }
    cache->kept[class] = 0;
  }
  atomic_store_explicit(&cache->cached, 0, memory_order_relaxed);
}

static void end_thread(void *cache) {
  pthread_mutex_lock(&mutex);
  release(&local);
  in_use_by_ended += atomic_load_explicit(&local.in_use, memory_order_relaxed);
  for (Cache **link = &threads; *link; link = &(*link)->next) {
    if (*link == &local) {
      *link = local.next;
      break;
    }
  }
  local.registered = false;
  atomic_store_explicit(&local.in_use, 0, memory_order_relaxed);
  pthread_mutex_unlock(&mutex);
}

static void make_key(void) { pthread_key_create(&thread_end, end_thread); }

static __attribute__((noinline)) void register_thread(void) {
  pthread_once(&once, make_key);
  pthread_setspecific(thread_end, &local);
  pthread_mutex_lock(&mutex);
  local.registered = true;
  local.next = threads;
  threads = &local;
  pthread_mutex_unlock(&mutex);
}

static Block *take(Cache *cache, int class, long size) {
  Block *block = cache->free[class];
  if (block) {
    cache->free[class] = block->next;
    cache->kept[class] -= size;
    count(&cache->cached, -size);
  }
  return block;
}

static void keep(Cache *cache, Block *block, int class, long size) {
  block->next = cache->free[class];
  cache->free[class] = block;
  cache->kept[class] += size;
  count(&cache->cached, size);
}

// Large blocks use huge pages if the system has them, to avoid TLB misses in strided access.
static void *aligned_block(long size) {
  void *block = NULL;
  bool is_large = size >= 2 * LARGE_PAGE;
  long alignment = size <= LARGEST_SMALL ? ALIGNMENT : is_large ? LARGE_PAGE : LARGE_ALIGNMENT;
  if (posix_memalign(&block, alignment, size) != 0) return NULL;
#if defined(__linux__)
  if (is_large) madvise(block, size, MADV_HUGEPAGE);
#endif
  return block;
}

static __attribute__((noinline)) Block *allocate_from_system(long size) {
  void *block = aligned_block(size);
  if (!block) {
    flambeau_empty_cache();
    block = aligned_block(size);
    if (!block) {
      MemoryStatistics now = flambeau_memory_statistics();
      fprintf(
          stderr, "Fatal error: out of memory: tried to allocate %ld bytes while %lld are in use\n",
          size, (long long)now.in_use);
      abort();
    }
  }
  return block;
}

// The bytes in use by all threads; the caller holds the mutex.
static int64_t total_in_use(void) {
  int64_t sum = in_use_by_ended;
  for (Cache *cache = threads; cache; cache = cache->next) {
    sum += atomic_load_explicit(&cache->in_use, memory_order_relaxed);
  }
  return sum;
}

static void *allocate(long size) {
  if (!local.registered) register_thread();
  long rounded;
  int class = class_of(size, &rounded);
  count(&local.in_use, rounded);
  Block *block;
  if (rounded <= LARGEST_SMALL) {
    block = take(&local, class, rounded);
  } else {
    pthread_mutex_lock(&mutex);
    block = take(&shared, class, rounded);
    int64_t now = total_in_use();
    if (now > peak) peak = now;
    pthread_mutex_unlock(&mutex);
  }
  return block ? block : allocate_from_system(rounded);
}

static void deallocate(void *block, long size) {
  if (!local.registered) register_thread();
  long rounded;
  int class = class_of(size, &rounded);
  count(&local.in_use, -rounded);
  if (rounded <= LARGEST_SMALL) {
    if (local.kept[class] + rounded <= KEPT_BY_THREAD) {
      keep(&local, block, class, rounded);
      return;
    }
  } else {
    pthread_mutex_lock(&mutex);
    bool fits = shared.cached + rounded <= KEPT_BY_ALL;
    if (fits) keep(&shared, block, class, rounded);
    pthread_mutex_unlock(&mutex);
    if (fits) return;
  }
  free(block);
}

// A CPU storage is one block: the header, followed by the memory.
static long header_of(long size) {
  long alignment = size < LARGEST_SMALL ? ALIGNMENT : LARGE_ALIGNMENT;
  return (sizeof(Storage) + alignment - 1) / alignment * alignment;
}

static void free_storage(Storage *storage) {
  deallocate(storage, header_of(storage->byte_count) + storage->byte_count);
}

bool flambeau_is_own_memory(const Storage *storage) { return storage->deallocate == free_storage; }

Storage *flambeau_make_storage(long size) {
  long header = header_of(size);
  Storage *storage = allocate(header + size);
  storage->pointer = (char *)storage + header;
  storage->byte_count = size;
  storage->device = (Device){0, 0};
  storage->version = 0;
  atomic_init(&storage->references, 1);
  storage->deallocate = free_storage;
  return storage;
}

// A storage that is mapped from a file, and its pages.
typedef struct {
  Storage storage;
  void *pages;
  size_t length;
} MappedStorage;

static void free_mapped(Storage *storage) {
  MappedStorage *mapped = (MappedStorage *)storage;
  munmap(mapped->pages, mapped->length);
  free(mapped);
}

Storage *flambeau_map_storage(int descriptor, long offset, long size) {
  long before = offset % sysconf(_SC_PAGESIZE);
  MappedStorage *mapped = malloc(sizeof(MappedStorage));
  if (!mapped) return NULL;
  mapped->length = before + (size > 0 ? size : 1);
  mapped->pages = mmap(
      NULL, mapped->length, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, offset - before);
  if (mapped->pages == MAP_FAILED) {
    free(mapped);
    return NULL;
  }
  Storage *storage = &mapped->storage;
  storage->pointer = (char *)mapped->pages + before;
  storage->byte_count = size;
  storage->device = (Device){0, 0};
  storage->version = 0;
  atomic_init(&storage->references, 1);
  storage->deallocate = free_mapped;
  return storage;
}

void flambeau_empty_cache(void) {
  release(&local);
  pthread_mutex_lock(&mutex);
  release(&shared);
  pthread_mutex_unlock(&mutex);
}

MemoryStatistics flambeau_memory_statistics(void) {
  pthread_mutex_lock(&mutex);
  MemoryStatistics sum = {total_in_use(), atomic_load(&shared.cached), peak};
  for (Cache *cache = threads; cache; cache = cache->next) {
    sum.cached += atomic_load_explicit(&cache->cached, memory_order_relaxed);
  }
  pthread_mutex_unlock(&mutex);
  return sum;
}

void flambeau_reset_peak_memory(void) {
  pthread_mutex_lock(&mutex);
  peak = total_in_use();
  pthread_mutex_unlock(&mutex);
}
