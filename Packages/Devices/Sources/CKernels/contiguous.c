// Ramps and integer matrix products, over contiguous memory.

#include "include/views.h"
#include "row_bodies.h"
#include "vectorized.h"

typedef struct {
  void *y;
  Ramp ramp;
} RampWork;

#define RAMP(dtype, T, ...)                                                          \
  VECTORIZED static void fill_##dtype(T *y, long count, T value) {                   \
    for (long i = 0; i < count; i++) y[i] = value;                                   \
  }                                                                                  \
  static void ramp_##dtype(void *context, long begin, long end) {                    \
    const RampWork *work = context;                                                  \
    Ramp ramp = work->ramp;                                                          \
    T *y = work->y;                                                                  \
    if (!ramp.is_whole && ramp.step == 0) {                                          \
      fill_##dtype(y + begin, end - begin, FLAMBEAU_STORE_##dtype(ramp.start));      \
    } else if (ramp.is_whole) {                                                      \
      for (long i = begin; i < end; i++) {                                           \
        y[i] = FLAMBEAU_STORE_##dtype(ramp.whole_start + (i + ramp.shift) * ramp.whole_step); \
      }                                                                              \
    } else {                                                                         \
      for (long i = begin; i < end; i++) {                                           \
        y[i] = FLAMBEAU_STORE_##dtype(ramp.start + (i + ramp.shift) * ramp.step);    \
      }                                                                              \
    }                                                                                \
  }
FLAMBEAU_DTYPES(RAMP)

void flambeau_ramp(DType dtype, Ramp ramp, long count, void *y) {
  RampWork work = {y, ramp};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = ROW_BODIES(ramp);
  share_rows(bodies, dtype, count, 1, &work);
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
  default: flambeau_stop_without_kernel(__func__, dtype);  // floating-point types have BLAS
  }
}
