#pragma once
#include "include/views.h"

enum {
  /// The most elements of a row.
  FLAMBEAU_SHORT_ROW = 127,
};

/// The sums of short rows of contiguous elements, whose starts are `stride` elements apart, to the last bit as those of
/// reduce.c. Whether there is a kernel for the dtype.
bool flambeau_sum_short_rows(
    DType dtype, const ReductionTerms *terms, long rows, long columns, long stride, void *y,
    const void *x);
