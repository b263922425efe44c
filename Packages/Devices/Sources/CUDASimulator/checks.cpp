// A kernel runs twice, with its blocks and threads in opposite order, and with different poison bytes in unwritten
// memory. Results that differ depend on one or the other, unless they are the poison bytes themselves, which are still
// unwritten or copied from unwritten memory.

#include "checks.h"

#include <string.h>

#include <algorithm>
#include <memory>

#include "memory.h"

namespace {
// NaN in all floating-point types, and a number near 1, so that results computed from them differ.
enum : unsigned char { FIRST_POISON = 0xFF, SECOND_POISON = 0x3F };

/// The allocations that a launch's parameters point into.
std::vector<Allocation *> allocations_of(const Launch &launch) {
  std::vector<Allocation *> found;
  for (size_t k = 0; k < launch.kernel->parameter_sizes.size(); k++) {
    const char *bytes = (const char *)launch.parameters[k];
    for (size_t at = 0; at + sizeof(void *) <= launch.kernel->parameter_sizes[k]; at += 8) {
      void *pointer;
      memcpy(&pointer, bytes + at, sizeof pointer);
      Allocation *a = allocation_at(pointer);
      bool is_new = a != nullptr;
      for (Allocation *other : found) is_new = is_new && other != a;
      if (is_new) found.push_back(a);
    }
  }
  return found;
}

// Bytes are compared in pieces, and one by one only within a piece that is not uniform.
const size_t PIECE = 256;

bool is_all(const void *data, unsigned char byte, size_t count) {
  const unsigned char *bytes = (const unsigned char *)data;
  return bytes[0] == byte && memcmp(bytes, bytes + 1, count - 1) == 0;
}

void poison(Allocation &a, unsigned char byte) {
  for (size_t start = 0; start < a.size; start += PIECE) {
    size_t count = std::min(PIECE, a.size - start);
    const unsigned char *written = &a.written[start];
    if (is_all(written, 1, count)) continue;
    if (is_all(written, 0, count)) {
      memset(a.data + start, byte, count);
      continue;
    }
    for (size_t i = 0; i < count; i++) {
      if (!written[i]) a.data[start + i] = (char)byte;
    }
  }
}

/// Records which bytes of a piece are written, given the contents after the first run. Returns the position of the
/// first byte whose difference is an error, or the end.
size_t compare_piece(Allocation &a, const std::string &first, size_t start, size_t end) {
  size_t count = end - start;
  const char *one = &first[start], *other = a.data + start;
  if (memcmp(one, other, count) == 0) {
    memset(&a.written[start], 1, count);
    return end;
  }
  if (is_all(one, FIRST_POISON, count) && is_all(other, SECOND_POISON, count)) {
    memset(&a.written[start], 0, count);
    return end;
  }
  for (size_t i = 0; i < count; i++) {
    bool is_unwritten =
        (unsigned char)one[i] == FIRST_POISON && (unsigned char)other[i] == SECOND_POISON;
    if (one[i] != other[i] && !is_unwritten) return start + i;
    a.written[start + i] = !is_unwritten;
  }
  return end;
}

/// Copies of the contents of allocations.
std::vector<std::string> contents(const std::vector<Allocation *> &all) {
  std::vector<std::string> copies;
  for (Allocation *a : all) copies.emplace_back(a->data, a->size);
  return copies;
}

void restore(const std::vector<Allocation *> &all, const std::vector<std::string> &copies) {
  for (size_t k = 0; k < all.size(); k++) memcpy(all[k]->data, copies[k].data(), all[k]->size);
}

std::string run_with(
    const Launch &launch, const std::vector<Allocation *> &all, Order order, unsigned char byte) {
  for (Allocation *a : all) poison(*a, byte);
  std::string problem = run(launch, order, byte);
  for (Allocation *a : all) {
    if (problem.empty() && !has_intact_edges(*a)) {
      problem = "kernel " + launch.kernel->name + ": writes outside of " + std::to_string(a->size) + " bytes";
    }
  }
  return problem;
}
}  // namespace

std::string run_checked(const Launch &launch) {
  std::vector<Allocation *> all = allocations_of(launch);
  std::vector<std::unique_ptr<Opened>> open;
  for (Allocation *a : all) open.push_back(std::make_unique<Opened>(a));

  std::vector<std::string> before = contents(all);
  std::string problem = run_with(launch, all, Order::forwards, FIRST_POISON);
  if (!problem.empty()) return problem;
  std::vector<std::string> first = contents(all);
  restore(all, before);
  problem = run_with(launch, all, Order::backwards, SECOND_POISON);
  if (!problem.empty()) return problem;

  for (size_t k = 0; k < all.size(); k++) {
    Allocation &a = *all[k];
    for (size_t start = 0; start < a.size; start += PIECE) {
      size_t end = std::min(start + PIECE, a.size), wrong = compare_piece(a, first[k], start, end);
      if (wrong == end) continue;
      restore(all, before);
      run_with(launch, all, Order::forwards, SECOND_POISON);
      bool depends_on_order = a.data[wrong] == first[k][wrong];
      return "kernel " + launch.kernel->name + ": byte " + std::to_string(wrong) + " of " +
             std::to_string(a.size) + " depends on " +
             (depends_on_order ? "the order in which threads run" : "memory that was never written");
    }
  }
  return "";
}
