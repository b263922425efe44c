// Softmax and its gradient along a dim that is not the last: a block of columns at a time, which stays in cache.

#include "softmax.h"

#include "functions.h"
#include "lanes.h"
#include "row_bodies.h"
#include "vectorized.h"

enum {
  /// The number of columns of a block.
  BLOCK = 256,
};

typedef struct {
  long n, inner;
  bool logarithm;
  void *y;
  const void *x, *gradient;
} Work;

// The block of columns with an index: its first element and its width.
#define SEEK_BLOCK(block)                                                                  \
  long inner = work->inner, n = work->n, blocks = (inner + BLOCK - 1) / BLOCK;             \
  long start = block % blocks * BLOCK, first = block / blocks * n * inner + start;         \
  long width = inner - start < BLOCK ? inner - start : BLOCK;

// Whether logarithms are wanted is known at compile time, so that no exponential is computed in vain.
#define EACH_BLOCK(body)                                                                   \
  const Work *work = context;                                                              \
  for (long block = begin; block < end; block++) {                                         \
    if (work->logarithm) {                                                                 \
      body(work, block, true);                                                             \
    } else {                                                                               \
      body(work, block, false);                                                            \
    }                                                                                      \
  }

#define COLUMNS(dtype, S, T, ...)                                                          \
  INLINE void softmax_block_##dtype(const Work *work, long block, bool logarithm) {        \
    SEEK_BLOCK(block)                                                                      \
    enum { KEEPS = sizeof(S) == sizeof(T) };                                               \
    const S *x = (const S *)work->x + first;                                               \
    S *y = (S *)work->y + first;                                                           \
    T maxima[BLOCK], terms[BLOCK];                                                         \
    double sums[BLOCK] = {0};                                                              \
    for (long j = 0; j < width; j++) maxima[j] = FLAMBEAU_LOAD_##dtype(x[j]);              \
    for (long i = 1; i < n; i++) {                                                         \
      INDEPENDENT for (long j = 0; j < width; j++) {                                       \
        T a = FLAMBEAU_LOAD_##dtype(x[i * inner + j]);                                     \
        maxima[j] = a > maxima[j] ? a : maxima[j];                                         \
      }                                                                                    \
    }                                                                                      \
    for (long i = 0; i < n; i++) {                                                         \
      T *powers = KEEPS && !logarithm ? (T *)(void *)(y + i * inner) : terms;              \
      INDEPENDENT for (long j = 0; j < width; j++) {                                       \
        powers[j] = exp_below_0(FLAMBEAU_LOAD_##dtype(x[i * inner + j]) - maxima[j]);      \
        sums[j] += powers[j];                                                              \
      }                                                                                    \
    }                                                                                      \
    if (logarithm) {                                                                       \
      for (long j = 0; j < width; j++) maxima[j] += (T)log(sums[j]);                       \
    } else {                                                                               \
      for (long j = 0; j < width; j++) terms[j] = (T)(1 / sums[j]);                        \
    }                                                                                      \
    for (long i = 0; i < n; i++) {                                                         \
      const S *row = x + i * inner;                                                        \
      S *out = y + i * inner;                                                              \
      INDEPENDENT for (long j = 0; j < width; j++) {                                       \
        T value;                                                                           \
        if (logarithm) {                                                                   \
          value = FLAMBEAU_LOAD_##dtype(row[j]) - maxima[j];                               \
        } else if (KEEPS) {                                                                \
          value = FLAMBEAU_LOAD_##dtype(out[j]) * terms[j];                                \
        } else {                                                                           \
          value = exp_below_0(FLAMBEAU_LOAD_##dtype(row[j]) - maxima[j]) * terms[j];       \
        }                                                                                  \
        out[j] = FLAMBEAU_STORE_##dtype(value);                                            \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  INLINE void gradient_block_##dtype(const Work *work, long block, bool logarithm) {       \
    SEEK_BLOCK(block)                                                                      \
    const S *g = (const S *)work->gradient + first, *y = (const S *)work->x + first;       \
    S *dx = (S *)work->y + first;                                                          \
    double sums[BLOCK] = {0};                                                              \
    T totals[BLOCK];                                                                       \
    for (long i = 0; i < n; i++) {                                                         \
      INDEPENDENT for (long j = 0; j < width; j++) {                                       \
        double term = FLAMBEAU_LOAD_##dtype(g[i * inner + j]);                             \
        sums[j] += logarithm ? term : term * FLAMBEAU_LOAD_##dtype(y[i * inner + j]);      \
      }                                                                                    \
    }                                                                                      \
    for (long j = 0; j < width; j++) totals[j] = (T)sums[j];                               \
    for (long i = 0; i < n; i++) {                                                         \
      INDEPENDENT for (long j = 0; j < width; j++) {                                       \
        T gradient = FLAMBEAU_LOAD_##dtype(g[i * inner + j]);                              \
        T result = FLAMBEAU_LOAD_##dtype(y[i * inner + j]);                                \
        dx[i * inner + j] = FLAMBEAU_STORE_##dtype(                                        \
            SOFTMAX_DERIVATIVE(logarithm, gradient, result, totals[j]));                   \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  VECTORIZED static void softmax_##dtype(void *context, long begin, long end) {            \
    EACH_BLOCK(softmax_block_##dtype)                                                      \
  }                                                                                        \
  VECTORIZED static void gradients_##dtype(void *context, long begin, long end) {          \
    EACH_BLOCK(gradient_block_##dtype)                                                     \
  }
FLAMBEAU_FLOAT_DTYPES(COLUMNS)

void softmax_of_columns(
    DType dtype, bool logarithm, long outer, long n, long inner, void *y, const void *x) {
  Work work = {.n = n, .inner = inner, .logarithm = logarithm, .y = y, .x = x};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(softmax);
  share_columns(bodies, dtype, outer, n, inner, BLOCK, &work);
}

void softmax_gradients_of_columns(
    DType dtype, bool logarithm, long outer, long n, long inner, void *dx, const void *g,
    const void *y) {
  Work work = {
      .n = n, .inner = inner, .logarithm = logarithm, .y = dx, .x = y, .gradient = g};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(gradients);
  share_columns(bodies, dtype, outer, n, inner, BLOCK, &work);
}
