// A kernel runs twice, with its blocks and threads in opposite order, and with different bytes where memory
// was never written. What then differs depends on one or the other; what differs just as these bytes do is
// still unwritten, or a copy of such.

#include "checks.h"

#include <string.h>

#include <memory>

#include "memory.h"

namespace {
// NaN to all floating-point types, and a number near 1, so that what is computed from them differs.
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

void poison(Allocation &a, unsigned char byte) {
  for (size_t i = 0; i < a.size; i++) {
    if (!a.written[i]) a.data[i] = (char)byte;
  }
}

/// All bytes of some allocations.
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
      problem = "kernel " + launch.kernel->name + ": writes beside " + std::to_string(a->size) + " bytes";
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
    for (size_t i = 0; i < a.size; i++) {
      unsigned char one = first[k][i], other = a.data[i];
      bool is_unwritten = one == FIRST_POISON && other == SECOND_POISON;
      if (one != other && !is_unwritten) {
        std::string byte = std::to_string(i) + " of " + std::to_string(a.size);
        restore(all, before);
        run_with(launch, all, Order::forwards, SECOND_POISON);
        bool depends_on_order = (unsigned char)a.data[i] == one;
        return "kernel " + launch.kernel->name + ": byte " + byte + " depends on " +
               (depends_on_order ? "the order in which threads run"
                                 : "memory that was never written");
      }
      a.written[i] = !is_unwritten;
    }
  }
  return "";
}
