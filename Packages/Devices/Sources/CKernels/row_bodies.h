#pragma once
#include "include/parallel.h"
#include "include/views.h"

// Kernels that handle rows on their own, shared among threads: a function for each dtype, named after
// the kernel and the dtype.

/// Handles the rows from begin to end.
typedef void (*RowBody)(void *work, long begin, long end);

#define ROW_BODY(dtype, S, C, name) [DType_##dtype] = name##_##dtype,
/// The functions of a kernel for floating-point types, and for all types.
#define FLOAT_ROW_BODIES(name) {FLAMBEAU_FLOAT_DTYPES(ROW_BODY, name)}
#define ROW_BODIES(name) {FLAMBEAU_DTYPES(ROW_BODY, name)}

/// Runs one of them over rows of n elements each.
static inline void share_rows(const RowBody bodies[], DType dtype, long rows, long n, void *work) {
  enum { GRAIN = 16384 };
  flambeau_parallel(rows, GRAIN / (n > 0 ? n : 1) + 1, bodies[dtype], work);
}
