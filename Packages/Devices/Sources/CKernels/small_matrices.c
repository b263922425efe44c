// LU, Cholesky and triangular solves for matrices that fit into few cache lines.

#include "include/small_matrices.h"

#include <math.h>
#include <string.h>

#define SMALL(dtype, T, SQRT, ABS)                                                           \
  static void lu_##dtype(long n, T *a, int32_t *pivots) {                                    \
    for (long j = 0; j < n; j++) {                                                           \
      long pivot = j;                                                                        \
      for (long i = j + 1; i < n; i++) {                                                     \
        if (ABS(a[j * n + i]) > ABS(a[j * n + pivot])) pivot = i;                            \
      }                                                                                      \
      pivots[j] = (int32_t)pivot + 1;                                                        \
      T divisor = a[j * n + pivot];                                                          \
      /* The matrix is singular, which the zero shows. */                                    \
      if (divisor == 0) continue;                                                            \
      for (long k = 0; pivot != j && k < n; k++) {                                           \
        T other = a[k * n + j];                                                              \
        a[k * n + j] = a[k * n + pivot];                                                     \
        a[k * n + pivot] = other;                                                            \
      }                                                                                      \
      for (long i = j + 1; i < n; i++) a[j * n + i] /= divisor;                              \
      for (long k = j + 1; k < n; k++) {                                                     \
        for (long i = j + 1; i < n; i++) a[k * n + i] -= a[j * n + i] * a[k * n + j];        \
      }                                                                                      \
    }                                                                                        \
  }                                                                                          \
  static void solve_##dtype(long n, const T *lu, const int32_t *pivots, T *b) {              \
    for (long j = 0; j < n; j++) {                                                           \
      T x = b[pivots[j] - 1];                                                                \
      b[pivots[j] - 1] = b[j];                                                               \
      b[j] = x;                                                                              \
    }                                                                                        \
    for (long j = 0; j < n; j++) {                                                           \
      for (long i = j + 1; i < n; i++) b[i] -= lu[j * n + i] * b[j];                         \
    }                                                                                        \
    for (long j = n - 1; j >= 0; j--) {                                                      \
      b[j] /= lu[j * n + j];                                                                 \
      for (long i = 0; i < j; i++) b[i] -= lu[j * n + i] * b[j];                             \
    }                                                                                        \
  }                                                                                          \
  static void solve_transposed_##dtype(long n, const T *lu, const int32_t *pivots, T *b) {   \
    for (long j = 0; j < n; j++) {                                                           \
      for (long i = 0; i < j; i++) b[j] -= lu[j * n + i] * b[i];                             \
      b[j] /= lu[j * n + j];                                                                 \
    }                                                                                        \
    for (long j = n - 1; j >= 0; j--) {                                                      \
      for (long i = j + 1; i < n; i++) b[j] -= lu[j * n + i] * b[i];                         \
    }                                                                                        \
    for (long j = n - 1; j >= 0; j--) {                                                      \
      T x = b[pivots[j] - 1];                                                                \
      b[pivots[j] - 1] = b[j];                                                               \
      b[j] = x;                                                                              \
    }                                                                                        \
  }                                                                                          \
  /* Whether a is positive definite. */                                                      \
  static bool cholesky_##dtype(long n, T *a) {                                               \
    for (long j = 0; j < n; j++) {                                                           \
      for (long k = 0; k < j; k++) a[j * n + j] -= a[j * n + k] * a[j * n + k];              \
      if (!(a[j * n + j] > 0)) return false;                                                 \
      a[j * n + j] = SQRT(a[j * n + j]);                                                     \
      for (long c = j + 1; c < n; c++) {                                                     \
        for (long k = 0; k < j; k++) a[c * n + j] -= a[j * n + k] * a[c * n + k];            \
        a[c * n + j] /= a[j * n + j];                                                        \
      }                                                                                      \
      memset(&a[j * n + j + 1], 0, (n - j - 1) * sizeof(T));                                 \
    }                                                                                        \
    return true;                                                                             \
  }
SMALL(float32, float, sqrtf, fabsf)
SMALL(float64, double, sqrt, fabs)

// All columns at once, with zeros beyond them, so that loops over a row have a fixed length.
#define INVERSE(dtype, T, WIDTH)                                                             \
  static void inverse_##WIDTH##_##dtype(long n, const T *lu, const int32_t *pivots, T *b) {  \
    T x[WIDTH][WIDTH] = {0};                                                                 \
    for (long j = 0; j < n; j++) x[j][j] = 1;                                                \
    for (long j = 0; j < n; j++) {                                                           \
      T row[WIDTH];                                                                          \
      memcpy(row, x[j], sizeof row);                                                         \
      memcpy(x[j], x[pivots[j] - 1], sizeof row);                                            \
      memcpy(x[pivots[j] - 1], row, sizeof row);                                             \
    }                                                                                        \
    for (long j = 0; j < n; j++) {                                                           \
      for (long i = j + 1; i < n; i++) {                                                     \
        for (long c = 0; c < WIDTH; c++) x[i][c] -= lu[j * n + i] * x[j][c];                 \
      }                                                                                      \
    }                                                                                        \
    for (long j = n - 1; j >= 0; j--) {                                                      \
      for (long c = 0; c < WIDTH; c++) x[j][c] /= lu[j * n + j];                             \
      for (long i = 0; i < j; i++) {                                                         \
        for (long c = 0; c < WIDTH; c++) x[i][c] -= lu[j * n + i] * x[j][c];                 \
      }                                                                                      \
    }                                                                                        \
    for (long c = 0; c < n; c++) {                                                           \
      for (long i = 0; i < n; i++) b[c * n + i] = x[i][c];                                   \
    }                                                                                        \
  }
INVERSE(float32, float, 4)
INVERSE(float32, float, 8)
INVERSE(float64, double, 4)
INVERSE(float64, double, 8)

// Calls a function for each matrix: with pointers of the dtype, as `a` and `b`, to its elements and to those of the
// other matrix, which has some columns.
#define FOR_EACH(dtype, T, columns, call)                                                    \
  case DType_##dtype:                                                                        \
    for (long index = 0; index < count; index++) {                                           \
      T *a = (T *)first + index * n * n, *b = (T *)second + index * n * columns;             \
      (void)b;                                                                               \
      call;                                                                                  \
    }                                                                                        \
    break;
#define SWITCH(dtype, columns, name, call)                                                   \
  switch (dtype) {                                                                           \
    FOR_EACH(float32, float, columns, call(name##_float32))                                  \
    FOR_EACH(float64, double, columns, call(name##_float64))                                 \
  default: flambeau_stop_without_kernel(__func__, dtype);                                    \
  }

void flambeau_small_lu(DType dtype, long count, long n, void *first, int32_t *pivots) {
  void *second = NULL;
#define CALL(function) function(n, a, pivots + index * n)
  SWITCH(dtype, 0, lu, CALL)
#undef CALL
}

void flambeau_small_solve(
    DType dtype, bool transposed, long count, long n, long columns, const void *first,
    const int32_t *pivots, void *second) {
#define CALL(function) \
  for (long j = 0; j < columns; j++) function(n, a, pivots + index * n, b + j * n)
  if (transposed) {
    SWITCH(dtype, columns, solve_transposed, CALL)
  } else {
    SWITCH(dtype, columns, solve, CALL)
  }
#undef CALL
}

void flambeau_small_inverse(
    DType dtype, long count, long n, const void *first, const int32_t *pivots, void *second) {
#define CALL(function) function(n, a, pivots + index * n, b)
  if (n <= 4) {
    SWITCH(dtype, n, inverse_4, CALL)
  } else {
    SWITCH(dtype, n, inverse_8, CALL)
  }
#undef CALL
}

void flambeau_small_cholesky(DType dtype, long count, long n, void *first, bool *failed) {
  void *second = NULL;
#define CALL(function) failed[index] = !function(n, a)
  SWITCH(dtype, 0, cholesky, CALL)
#undef CALL
}
