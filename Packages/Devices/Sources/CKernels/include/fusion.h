#pragma once
#include <stdbool.h>
#include <COperations.h>

// Element-wise operations that are postponed, and then run together: all of them on one block of
// elements, while it is in the cache, before the next block. Results that are freed before that are never
// written to memory.

/// What this thread has postponed.
typedef struct {
  /// The number of enclosing `flambeau_begin_fusion`.
  int depth;
  /// Whether the next element-wise kernel may be postponed.
  bool may_postpone;
  /// The storages of its operands, the result's first.
  Storage *_Nullable storages[4];
  /// The number of postponed operations on the CPU.
  int count;
  /// What is postponed on another device, or null, and the function that runs it.
  void *_Nullable other;
  void (*_Nullable run_other)(void *_Nonnull other);
} Fusion;
extern _Thread_local Fusion flambeau_fusion;

/// From now on, this thread may postpone kernels.
static inline void flambeau_begin_fusion(void) { flambeau_fusion.depth++; }

/// Ends the innermost fusion; the outermost one runs what was postponed.
void flambeau_end_fusion(void);

/// Runs what was postponed.
void flambeau_run_postponed(void);

/// Runs what was postponed on the CPU.
void flambeau_run_postponed_on_cpu(void);

/// The next element-wise kernel, whose result and operands are in these storages, may be postponed: nothing will use
/// their memory before flambeau_run_if_postponed.
static inline void flambeau_may_postpone_next(
    Storage *_Nonnull y, Storage *_Nonnull a, Storage *_Nullable b, Storage *_Nullable c) {
  if (flambeau_fusion.depth == 0) return;
  flambeau_fusion.may_postpone = true;
  Storage *const storages[] = {y, a, b, c};
  for (int k = 0; k < 4; k++) flambeau_fusion.storages[k] = storages[k];
}

/// To be called before memory is used in any other way.
static inline void flambeau_run_if_postponed(void) {
  if (__builtin_expect(flambeau_fusion.count > 0 || flambeau_fusion.other, 0)) {
    flambeau_run_postponed();
  }
}

/// Whether this thread postpones kernels.
static inline bool flambeau_is_fusing(void) { return flambeau_fusion.depth > 0; }

/// What this thread has postponed on another device than the CPU.
static inline void *_Nullable flambeau_postponed_elsewhere(void) { return flambeau_fusion.other; }

/// Postpones work of another device: `run` will be called with it.
static inline void flambeau_postpone_elsewhere(
    void *_Nonnull other, void (*_Nonnull run)(void *_Nonnull other)) {
  flambeau_fusion.other = other;
  flambeau_fusion.run_other = run;
}
