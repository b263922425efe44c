// Softmax and log-softmax along rows: y = eˣ⁻ᵐ / Σ eˣ⁻ᵐ, and y = x - m - log Σ eˣ⁻ᵐ, where m is the
// row's maximum; and the cross entropy, which is the negative log-softmax at the target.

#include <string.h>

#include "functions.h"
#include "lanes.h"
#include "row_bodies.h"
#include "softmax.h"
#include "vectorized.h"

typedef struct {
  long n;
  bool logarithm;
  void *y;
  const void *x;
  // For the cross entropy: log Σ eˣ of each row, the targets, and the gradients of the losses.
  void *total;
  const int64_t *target;
  int64_t ignored;
  const void *gradient;
} Work;

// The functions of a row are part of those of all rows: for short rows, calls would take longer than they do. So
// would joining many lanes.
#define ROW_FUNCTIONS(dtype, S, T, lane_count, suffix)                                     \
  INLINE T row_maximum_##suffix##_##dtype(long n, const S *x) {                            \
    T lanes[lane_count];                                                                   \
    for (int k = 0; k < lane_count; k++) {                                                 \
      lanes[k] = FLAMBEAU_LOAD_##dtype(x[k < n ? k : 0]);                                  \
    }                                                                                      \
    long i = lane_count;                                                                   \
    for (; i + lane_count <= n; i += lane_count) {                                         \
      for (int k = 0; k < lane_count; k++) {                                               \
        T a = FLAMBEAU_LOAD_##dtype(x[i + k]);                                             \
        lanes[k] = a > lanes[k] ? a : lanes[k];                                            \
      }                                                                                    \
    }                                                                                      \
    FOLD_LANES(lane_count, lanes, FLAMBEAU_LARGER)                                         \
    T m = lanes[0];                                                                        \
    for (; i < n; i++) {                                                                   \
      T a = FLAMBEAU_LOAD_##dtype(x[i]);                                                   \
      m = a > m ? a : m;                                                                   \
    }                                                                                      \
    return m;                                                                              \
  }                                                                                        \
  /* Σ eˣ⁻ᵐ; the terms are kept if there is memory for them. */                           \
  INLINE double row_sum_##suffix##_##dtype(long n, T *kept, const S *x, T m) {             \
    enum { BLOCK = 1024 };                                                                 \
    T block[BLOCK];                                                                        \
    double lanes[lane_count] = {0};                                                        \
    for (long start = 0; start < n; start += BLOCK) {                                      \
      long width = n - start < BLOCK ? n - start : BLOCK, i = 0;                           \
      T *powers = kept ? kept + start : block;                                             \
      INDEPENDENT for (long j = 0; j < width; j++) {                                       \
        powers[j] = exp_below_0(FLAMBEAU_LOAD_##dtype(x[start + j]) - m);                  \
      }                                                                                    \
      for (; i + lane_count <= width; i += lane_count) {                                   \
        for (int k = 0; k < lane_count; k++) lanes[k] += powers[i + k];                    \
      }                                                                                    \
      for (; i < width; i++) lanes[i % lane_count] += powers[i];                           \
    }                                                                                      \
    FOLD_LANES(lane_count, lanes, FLAMBEAU_ADD)                                            \
    return lanes[0];                                                                       \
  }

#define SOFTMAX(dtype, S, T, ...)                                                               \
  ROW_FUNCTIONS(dtype, S, T, LANES, many)                                                       \
  ROW_FUNCTIONS(dtype, S, T, FEW_LANES, few)                                                    \
  INLINE T row_maximum_##dtype(long n, const S *x) {                                            \
    return n < 4 * LANES ? row_maximum_few_##dtype(n, x) : row_maximum_many_##dtype(n, x);      \
  }                                                                                             \
  INLINE double row_sum_##dtype(long n, T *kept, const S *x, T m) {                             \
    return n < 4 * LANES ? row_sum_few_##dtype(n, kept, x, m)                                   \
                         : row_sum_many_##dtype(n, kept, x, m);                                 \
  }                                                                                             \
  INLINE void finish_row_##dtype(                                                               \
      long n, S *y, const S *x, const T *powers, T m, double sum, bool logarithm) {             \
    if (logarithm) {                                                                            \
      T shift = m + (T)log(sum);                                                                \
      INDEPENDENT for (long i = 0; i < n; i++) {                                                \
        y[i] = FLAMBEAU_STORE_##dtype(FLAMBEAU_LOAD_##dtype(x[i]) - shift);                     \
      }                                                                                         \
    } else {                                                                                    \
      T factor = (T)(1 / sum);                                                                  \
      if (powers) {                                                                             \
        INDEPENDENT for (long i = 0; i < n; i++) {                                              \
          y[i] = FLAMBEAU_STORE_##dtype(powers[i] * factor);                                    \
        }                                                                                       \
      } else {                                                                                  \
        INDEPENDENT for (long i = 0; i < n; i++) {                                              \
          y[i] = FLAMBEAU_STORE_##dtype(exp_below_0(FLAMBEAU_LOAD_##dtype(x[i]) - m) * factor); \
        }                                                                                       \
      }                                                                                         \
    }                                                                                           \
  }                                                                                             \
  VECTORIZED static void softmax_##dtype(void *context, long begin, long end) {                 \
    enum { IN_PLACE = sizeof(S) == sizeof(T), MOST = IN_PLACE ? 1 : 4096 };                     \
    const Work *work = context;                                                                 \
    long n = work->n;                                                                           \
    T kept[MOST];                                                                               \
    for (long row = begin; row < end; row++) {                                                  \
      const S *x = (const S *)work->x + row * n;                                                \
      S *y = (S *)work->y + row * n;                                                            \
      T *powers = IN_PLACE ? (T *)(void *)y : n <= MOST ? kept : NULL;                          \
      T m = row_maximum_##dtype(n, x);                                                          \
      double sum = row_sum_##dtype(n, powers, x, m);                                            \
      finish_row_##dtype(n, y, x, powers, m, sum, work->logarithm);                             \
    }                                                                                           \
  }
FLAMBEAU_FLOAT_DTYPES(SOFTMAX)

void flambeau_softmax(
    DType dtype, bool logarithm, long outer, long n, long inner, void *y, const void *x) {
  if (inner > 1) {
    softmax_of_columns(dtype, logarithm, outer, n, inner, y, x);
    return;
  }
  Work work = {.n = n, .logarithm = logarithm, .y = y, .x = x};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(softmax);
  share_rows(bodies, dtype, outer, n, &work);
}

// The gradient of a row: dx = y·(g - Σ g·y), or dx = g - eʸ·Σ g for the logarithm.
#define GRADIENT_TERM(dtype, i) \
  ((double)FLAMBEAU_LOAD_##dtype(g[i]) * (logarithm ? 1 : (double)FLAMBEAU_LOAD_##dtype(y[i])))
#define GRADIENT_TOTAL(dtype, lane_count)                                                  \
  for (; i + lane_count <= n; i += lane_count) {                                           \
    for (int k = 0; k < lane_count; k++) lanes[k] += GRADIENT_TERM(dtype, i + k);          \
  }
#define SOFTMAX_GRADIENT(dtype, S, T, ...)                                                 \
  INLINE void softmax_gradient_row_##dtype(                                                \
      long n, S *dx, const S *g, const S *y, bool logarithm) {                             \
    double lanes[LANES] = {0};                                                             \
    long i = 0;                                                                            \
    if (n >= 4 * LANES) {                                                                  \
      GRADIENT_TOTAL(dtype, LANES)                                                         \
      for (int half = LANES / 2; half >= FEW_LANES; half /= 2) {                           \
        for (int k = 0; k < half; k++) lanes[k] += lanes[k + half];                        \
      }                                                                                    \
    }                                                                                      \
    GRADIENT_TOTAL(dtype, FEW_LANES)                                                       \
    for (; i < n; i++) lanes[i % FEW_LANES] += GRADIENT_TERM(dtype, i);                    \
    FOLD_LANES(FEW_LANES, lanes, FLAMBEAU_ADD)                                             \
    T total = (T)lanes[0];                                                                 \
    INDEPENDENT for (long j = 0; j < n; j++) {                                             \
      dx[j] = FLAMBEAU_STORE_##dtype(SOFTMAX_DERIVATIVE(                                   \
          logarithm, FLAMBEAU_LOAD_##dtype(g[j]), FLAMBEAU_LOAD_##dtype(y[j]), total));    \
    }                                                                                      \
  }                                                                                        \
  VECTORIZED static void softmax_gradients_##dtype(void *context, long begin, long end) {  \
    const Work *work = context;                                                            \
    long n = work->n;                                                                      \
    for (long row = begin; row < end; row++) {                                             \
      S *dx = (S *)work->y + row * n;                                                      \
      const S *g = (const S *)work->gradient + row * n, *y = (const S *)work->x + row * n; \
      if (work->logarithm) {                                                               \
        softmax_gradient_row_##dtype(n, dx, g, y, true);                                   \
      } else {                                                                             \
        softmax_gradient_row_##dtype(n, dx, g, y, false);                                  \
      }                                                                                    \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(SOFTMAX_GRADIENT)

void flambeau_softmax_gradients(
    DType dtype, bool logarithm, long outer, long n, long inner, void *dx, const void *g,
    const void *y) {
  if (inner > 1) {
    softmax_gradients_of_columns(dtype, logarithm, outer, n, inner, dx, g, y);
    return;
  }
  Work work = {.n = n, .logarithm = logarithm, .y = dx, .x = y, .gradient = g};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(softmax_gradients);
  share_rows(bodies, dtype, outer, n, &work);
}

#define CROSS_ENTROPY(dtype, S, T, ...)                                                    \
  VECTORIZED static void losses_##dtype(void *context, long begin, long end) {             \
    const Work *work = context;                                                            \
    for (long row = begin; row < end; row++) {                                             \
      if (work->target[row] == work->ignored) {                                            \
        ((T *)work->total)[row] = 0;                                                       \
        ((S *)work->y)[row] = FLAMBEAU_STORE_##dtype((T)0);                                \
        continue;                                                                          \
      }                                                                                    \
      const S *x = (const S *)work->x + row * work->n;                                     \
      T m = row_maximum_##dtype(work->n, x);                                               \
      T total = m + (T)log(row_sum_##dtype(work->n, NULL, x, m));                          \
      ((T *)work->total)[row] = total;                                                     \
      ((S *)work->y)[row] =                                                                \
          FLAMBEAU_STORE_##dtype(total - FLAMBEAU_LOAD_##dtype(x[work->target[row]]));     \
    }                                                                                      \
  }                                                                                        \
  VECTORIZED static void gradient_row_##dtype(long n, S *y, const S *x, T total, T g) {    \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      y[i] = FLAMBEAU_STORE_##dtype(exp_below_0(FLAMBEAU_LOAD_##dtype(x[i]) - total) * g); \
    }                                                                                      \
  }                                                                                        \
  static void gradients_##dtype(void *context, long begin, long end) {                     \
    const Work *work = context;                                                            \
    for (long row = begin; row < end; row++) {                                             \
      S *y = (S *)work->y + row * work->n;                                                 \
      if (work->target[row] == work->ignored) {                                            \
        memset(y, 0, work->n * sizeof(S));                                                 \
        continue;                                                                          \
      }                                                                                    \
      T total = ((const T *)work->total)[row];                                             \
      T g = FLAMBEAU_LOAD_##dtype(((const S *)work->gradient)[row]);                       \
      gradient_row_##dtype(work->n, y, (const S *)work->x + row * work->n, total, g);      \
      long right = work->target[row];                                                      \
      T x = FLAMBEAU_LOAD_##dtype(((const S *)work->x)[row * work->n + right]);            \
      y[right] = FLAMBEAU_STORE_##dtype((exp(x - total) - 1) * g);                         \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(CROSS_ENTROPY)

static bool targets_are_valid(const Work *work, long rows, int64_t *invalid) {
  for (long row = 0; row < rows; row++) {
    *invalid = work->target[row];
    if ((*invalid < 0 || *invalid >= work->n) && *invalid != work->ignored) return false;
  }
  return true;
}

bool flambeau_cross_entropy(
    DType dtype, long rows, long n, void *losses, void *totals, const void *x,
    const int64_t *target, int64_t ignored, int64_t *invalid) {
  Work work = {
      .n = n, .y = losses, .x = x, .total = totals, .target = target, .ignored = ignored};
  if (!targets_are_valid(&work, rows, invalid)) return false;
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(losses);
  share_rows(bodies, dtype, rows, n, &work);
  return true;
}

void flambeau_cross_entropy_gradients(
    DType dtype, long rows, long n, void *y, const void *x, void *totals, const int64_t *target,
    int64_t ignored, const void *gradient) {
  Work work = {
      .n = n, .y = y, .x = x, .total = totals, .target = target, .ignored = ignored,
      .gradient = gradient};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(gradients);
  share_rows(bodies, dtype, rows, n, &work);
}
