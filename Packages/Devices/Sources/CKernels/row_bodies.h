#pragma once
#include "include/parallel.h"
#include "include/views.h"

// Kernels over independent rows, shared among threads: a function for each dtype, named after the kernel and the
// dtype.

/// Computes the rows from begin to end.
typedef void (*RowBody)(void *work, long begin, long end);

#define ROW_BODY(dtype, S, C, name) [DType_##dtype] = name##_##dtype,
/// The functions of a kernel for the floating-point dtypes, for all dtypes but bool, and for all dtypes.
#define FLOAT_ROW_BODIES(name) {FLAMBEAU_FLOAT_DTYPES(ROW_BODY, name)}
#define NUMBER_ROW_BODIES(name) {FLAMBEAU_NUMBER_DTYPES(ROW_BODY, name)}
#define ROW_BODIES(name) {FLAMBEAU_DTYPES(ROW_BODY, name)}

/// Runs the function of a dtype over rows of n elements each.
#define share_rows(...) share_rows_of(__func__, __VA_ARGS__)
static inline void share_rows_of(
    const char *name, const RowBody bodies[], DType dtype, long rows, long n, void *work) {
  enum { GRAIN = 16384 };
  if (!bodies[dtype]) flambeau_stop_without_kernel(name, dtype);
  flambeau_parallel(rows, GRAIN / (n > 0 ? n : 1) + 1, bodies[dtype], work);
}

/// Runs the function of a dtype over blocks of columns, each of n rows, in `outer` matrices.
#define share_columns(...) share_columns_of(__func__, __VA_ARGS__)
static inline void share_columns_of(
    const char *name, const RowBody bodies[], DType dtype, long outer, long n, long columns,
    long block, void *work) {
  long blocks = (columns + block - 1) / block;
  share_rows_of(name, bodies, dtype, outer * blocks, n * (columns < block ? columns : block), work);
}
