#pragma once
#include "views.h"

// Factorizations of batches of small column-major matrices of float32 or float64, n rows and columns each. For them,
// calls of LAPACK take longer than its work.

enum {
  /// The most rows that are worth it.
  FLAMBEAU_SMALL_MATRIX = 8,
};

/// P·L·U = a; L and U overwrite a. Pivots are those of LAPACK, counted from 1.
void flambeau_small_lu(DType dtype, long count, long n, void *a, int32_t *pivots);
/// b = a⁻¹·b, or a⁻ᵀ·b, with some columns, given the factors of a.
void flambeau_small_solve(
    DType dtype, bool transposed, long count, long n, long columns, const void *lu,
    const int32_t *pivots, void *b);
/// b = a⁻¹, given the factors of a.
void flambeau_small_inverse(
    DType dtype, long count, long n, const void *lu, const int32_t *pivots, void *b);
/// Uᵀ·U = a; U overwrites a, of which only the upper triangle is read, and the rest becomes 0.
void flambeau_small_cholesky(DType dtype, long count, long n, void *a, bool *failed);
