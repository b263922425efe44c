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
  /// The number of postponed operations.
  int count;
} Fusion;
extern _Thread_local Fusion flambeau_fusion;

/// From now on, this thread may postpone kernels.
static inline void flambeau_begin_fusion(void) { flambeau_fusion.depth++; }

/// Ends the innermost fusion; the outermost one runs what was postponed.
void flambeau_end_fusion(void);

/// Runs what was postponed.
void flambeau_run_postponed(void);

/// The next element-wise kernel may be postponed: nothing will use its operands' memory before
/// flambeau_run_if_postponed.
static inline void flambeau_may_postpone_next(void) {
  flambeau_fusion.may_postpone = flambeau_fusion.depth > 0;
}

/// To be called before memory is used in any other way.
static inline void flambeau_run_if_postponed(void) {
  if (__builtin_expect(flambeau_fusion.count > 0, 0)) flambeau_run_postponed();
}
