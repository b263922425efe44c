#pragma once
#include "include/fusion.h"
#include "loops.h"
#include "transcendental.h"

/// Whether an element-wise kernel that was announced is postponed: it runs over many elements, of which those that it
/// writes are contiguous, and those that it reads are in rows. `numbers` may be null.
bool postpones(
    Row row, const Numbers *numbers, int operands, long rank, const long *shape,
    char *const pointers[], const long *const strides[], const long item_sizes[]);

enum {
  /// The elements that all postponed kernels compute before the next ones, and that a total is added up from.
  FLAMBEAU_BLOCK = 1024,
  /// The largest number of parts that a single total is split into.
  FLAMBEAU_MAX_PARTS = 64,
};

/// A reduction of rows, block by block, for one dtype. A total is at most 8 bytes.
typedef struct {
  /// Adds n elements to a total, which is new if the row begins.
  void (*add)(void *total, bool begins, long n, const void *x);
  void (*join)(void *total, const void *other);
  /// Stores the result at an index.
  void (*store)(void *y, long index, const void *total, const ReductionTerms *terms);
  long result_size;
} RowReduction;

/// The number of equal parts that the total of n elements is joined from.
long flambeau_parts_of_total(long n);

/// Whether a reduction of contiguous rows that was announced is postponed: it ends a chain of as many elements. If not,
/// the chain has run. `reduction` may be null.
bool postpones_reduction(
    const RowReduction *reduction, const ReductionTerms *terms, long rows, long columns, void *y,
    const void *x, long x_size);

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
