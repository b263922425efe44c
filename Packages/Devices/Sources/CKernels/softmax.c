// Softmax and its logarithm along rows: y = eˣ⁻ᵐ / Σ eˣ⁻ᵐ, and y = x - m - log Σ eˣ⁻ᵐ, where m is the
// row's maximum.

#include "functions.h"
#include "include/parallel.h"
#include "include/views.h"
#include "vectorized.h"

enum { LANES = 32, GRAIN = 16384 };

typedef struct {
  long n;
  bool logarithm;
  void *y;
  const void *x;
} Work;

#define SOFTMAX(dtype, S, T, ...)                                                          \
  VECTORIZED static T row_maximum_##dtype(long n, const S *x) {                            \
    T lanes[LANES];                                                                        \
    for (int k = 0; k < LANES; k++) lanes[k] = FLAMBEAU_LOAD_##dtype(x[k < n ? k : 0]);    \
    long i = LANES;                                                                        \
    for (; i + LANES <= n; i += LANES) {                                                   \
      for (int k = 0; k < LANES; k++) {                                                    \
        T a = FLAMBEAU_LOAD_##dtype(x[i + k]);                                             \
        lanes[k] = a > lanes[k] ? a : lanes[k];                                            \
      }                                                                                    \
    }                                                                                      \
    T m = lanes[0];                                                                        \
    for (int k = 1; k < LANES; k++) m = lanes[k] > m ? lanes[k] : m;                       \
    for (; i < n; i++) {                                                                   \
      T a = FLAMBEAU_LOAD_##dtype(x[i]);                                                   \
      m = a > m ? a : m;                                                                   \
    }                                                                                      \
    return m;                                                                              \
  }                                                                                        \
  /* Sums eˣ⁻ᵐ, which are left in y where its elements are no less precise. */             \
  VECTORIZED static double row_sum_##dtype(long n, S *y, const S *x, T m) {                \
    enum { BLOCK = 1024, KEEPS = sizeof(S) == sizeof(T) };                                 \
    T block[BLOCK];                                                                        \
    double lanes[LANES] = {0};                                                             \
    for (long start = 0; start < n; start += BLOCK) {                                      \
      long width = n - start < BLOCK ? n - start : BLOCK, i = 0;                           \
      T *powers = KEEPS ? (T *)(void *)(y + start) : block;                                \
      INDEPENDENT for (long j = 0; j < width; j++) {                                       \
        powers[j] = exp(FLAMBEAU_LOAD_##dtype(x[start + j]) - m);                          \
      }                                                                                    \
      for (; i + LANES <= width; i += LANES) {                                             \
        for (int k = 0; k < LANES; k++) lanes[k] += powers[i + k];                         \
      }                                                                                    \
      for (; i < width; i++) lanes[i % LANES] += powers[i];                                \
    }                                                                                      \
    double sum = 0;                                                                        \
    for (int k = 0; k < LANES; k++) sum += lanes[k];                                       \
    return sum;                                                                            \
  }                                                                                        \
  VECTORIZED static void finish_row_##dtype(                                               \
      long n, S *y, const S *x, T m, double sum, bool logarithm) {                         \
    if (logarithm) {                                                                       \
      T shift = m + (T)log(sum);                                                           \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        y[i] = FLAMBEAU_STORE_##dtype(FLAMBEAU_LOAD_##dtype(x[i]) - shift);                \
      }                                                                                    \
    } else {                                                                               \
      T factor = (T)(1 / sum);                                                             \
      if (sizeof(S) == sizeof(T)) {                                                        \
        INDEPENDENT for (long i = 0; i < n; i++) {                                         \
          y[i] = FLAMBEAU_STORE_##dtype(FLAMBEAU_LOAD_##dtype(y[i]) * factor);             \
        }                                                                                  \
      } else {                                                                             \
        INDEPENDENT for (long i = 0; i < n; i++) {                                         \
          y[i] = FLAMBEAU_STORE_##dtype(exp(FLAMBEAU_LOAD_##dtype(x[i]) - m) * factor);    \
        }                                                                                  \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  static void softmax_##dtype(void *context, long begin, long end) {                       \
    const Work *work = context;                                                            \
    long n = work->n;                                                                      \
    for (long row = begin; row < end; row++) {                                             \
      const S *x = (const S *)work->x + row * n;                                           \
      S *y = (S *)work->y + row * n;                                                       \
      T m = row_maximum_##dtype(n, x);                                                     \
      double sum = row_sum_##dtype(n, y, x, m);                                            \
      finish_row_##dtype(n, y, x, m, sum, work->logarithm);                                \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(SOFTMAX)

void flambeau_softmax(DType dtype, bool logarithm, long rows, long n, void *y, const void *x) {
  Work work = {n, logarithm, y, x};
  switch (dtype) {
#define X(name, ...) \
  case DType_##name: flambeau_parallel(rows, GRAIN / n + 1, softmax_##name, &work); break;
    FLAMBEAU_FLOAT_DTYPES(X)
#undef X
  default: __builtin_trap();  // the caller converts
  }
}
