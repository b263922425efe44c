#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// What Swift cannot say: state of a thread, and a counter without a lock around it.

extern _Thread_local bool flambeau_grad_disabled;
extern _Atomic uint64_t flambeau_sequence;

/// Whether operations on this thread are recorded for differentiation. At first they are.
static inline bool flambeau_grad_is_enabled(void) { return !flambeau_grad_disabled; }
static inline void flambeau_set_grad_enabled(bool enabled) { flambeau_grad_disabled = !enabled; }

/// A larger number at each call, over all threads.
static inline uint64_t flambeau_next_sequence(void) {
  return atomic_fetch_add_explicit(&flambeau_sequence, 1, memory_order_relaxed);
}
