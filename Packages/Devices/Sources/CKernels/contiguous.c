// Kernels over contiguous memory.

#include "include/views.h"
#include "vectorized.h"

#define RAMP(dtype, T, ...)                                                          \
  case DType_##dtype:                                                                \
    for (long i = 0; i < count; i++) ((T *)y)[i] = FLAMBEAU_STORE_##dtype(start + i * step); \
    break;

void flambeau_ramp(DType dtype, long count, void *y, double start, double step) {
  switch (dtype) { FLAMBEAU_DTYPES(RAMP) }
}

#define MATMUL(dtype, T, ...)                                                        \
  VECTORIZED static void matmul_##dtype(                                             \
      long m, long n, long k, T *restrict c, const T *restrict a, const T *restrict b) { \
    for (long i = 0; i < m; i++) {                                                   \
      T *row = c + i * n;                                                            \
      for (long j = 0; j < n; j++) row[j] = 0;                                       \
      for (long p = 0; p < k; p++) {                                                 \
        T factor = a[i * k + p];                                                     \
        for (long j = 0; j < n; j++) row[j] += factor * b[p * n + j];                \
      }                                                                              \
    }                                                                                \
  }
FLAMBEAU_INTEGRAL_DTYPES(MATMUL)

void flambeau_matmul(DType dtype, long m, long n, long k, void *c, const void *a, const void *b) {
  switch (dtype) {
#define X(name, T, ...) \
  case DType_##name: matmul_##name(m, n, k, c, a, b); break;
    FLAMBEAU_INTEGRAL_DTYPES(X)
#undef X
  default: __builtin_trap();  // floating-point types have BLAS
  }
}
