#pragma once
#include "include/fusion.h"
#include "loops.h"
#include "transcendental.h"

/// Whether an element-wise kernel that was announced is postponed: it runs over the elements of simple
/// layouts, and many of them. `numbers` may be null.
bool postpones(
    Row row, const Numbers *numbers, int operands, long rank, const long *shape,
    char *const pointers[], const long *const strides[], const long item_sizes[]);

/// Runs the loops of an element-wise kernel, or postpones them.
static inline void run_or_postpone(
    Row row, void *numbers, int operands, long rank, const long *shape, char *const pointers[],
    const long *const strides[], const long item_sizes[]) {
  if (flambeau_fusion.may_postpone &&
      postpones(row, numbers, operands, rank, shape, pointers, strides, item_sizes)) {
    return;
  }
  loops_over(row, numbers, operands, rank, shape, pointers, strides, item_sizes);
}

/// Keeps a storage whose last reference is gone until no postponed kernel needs it: whether one does.
bool keeps_for_postponed(Storage *storage);
