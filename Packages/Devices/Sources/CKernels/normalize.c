// Rows brought to mean 0 and variance 1, or to a mean square of 1: y = (x - μ)·r with
// r = 1 / √(σ² + ε).

#include "functions.h"
#include "lanes.h"
#include "row_bodies.h"
#include "vectorized.h"

typedef struct {
  long n;
  double eps;
  bool center;
  void *y, *r;
  const void *x, *gradient;
} Work;

// The sum of an expression in a, which is each element less a shift.
#define TOTAL(name, S, LOAD, EXPRESSION)                                                   \
  VECTORIZED static double name(long n, const S *x, double shift) {                        \
    double lanes[LANES] = {0}, total = 0;                                                  \
    long i = 0;                                                                            \
    for (; i + LANES <= n; i += LANES) {                                                   \
      for (int k = 0; k < LANES; k++) {                                                    \
        double a = LOAD(x[i + k]) - shift;                                                 \
        lanes[k] += EXPRESSION;                                                            \
      }                                                                                    \
    }                                                                                      \
    FOLD_LANES(lanes, ADD)                                                                 \
    total = lanes[0];                                                                      \
    for (; i < n; i++) {                                                                   \
      double a = LOAD(x[i]) - shift;                                                       \
      total += EXPRESSION;                                                                 \
    }                                                                                      \
    return total;                                                                          \
  }

#define NORMALIZE(dtype, S, T, ...)                                                        \
  TOTAL(row_sum_##dtype, S, FLAMBEAU_LOAD_##dtype, a)                                      \
  TOTAL(row_squares_##dtype, S, FLAMBEAU_LOAD_##dtype, a *a)                               \
  VECTORIZED static void scale_row_##dtype(long n, S *y, const S *x, T mean, T factor) {   \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      y[i] = FLAMBEAU_STORE_##dtype((FLAMBEAU_LOAD_##dtype(x[i]) - mean) * factor);        \
    }                                                                                      \
  }                                                                                        \
  static void normalize_##dtype(void *context, long begin, long end) {                     \
    const Work *work = context;                                                            \
    long n = work->n;                                                                      \
    for (long row = begin; row < end; row++) {                                             \
      const S *x = (const S *)work->x + row * n;                                           \
      double mean = work->center ? row_sum_##dtype(n, x, 0) / n : 0;                       \
      double variance = row_squares_##dtype(n, x, mean) / n;                               \
      double factor = 1 / sqrt(variance + work->eps);                                      \
      scale_row_##dtype(n, (S *)work->y + row * n, x, (T)mean, (T)factor);                 \
      ((S *)work->r)[row] = FLAMBEAU_STORE_##dtype(factor);                                \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(NORMALIZE)

void flambeau_normalize(
    DType dtype, bool center, double eps, long rows, long n, void *y, void *r, const void *x) {
  Work work = {n, eps, center, y, r, x, NULL};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(normalize);
  share_rows(bodies, dtype, rows, n, &work);
}

// r·(g - mean(g) - y·mean(g·y))
#define SLOPES(dtype, S, T, ...)                                                           \
  VECTORIZED static double row_product_##dtype(long n, const S *x, const S *y) {           \
    double lanes[LANES] = {0}, total = 0;                                                  \
    long i = 0;                                                                            \
    for (; i + LANES <= n; i += LANES) {                                                   \
      for (int k = 0; k < LANES; k++) {                                                    \
        lanes[k] += (double)FLAMBEAU_LOAD_##dtype(x[i + k]) * FLAMBEAU_LOAD_##dtype(y[i + k]); \
      }                                                                                    \
    }                                                                                      \
    FOLD_LANES(lanes, ADD)                                                                 \
    total = lanes[0];                                                                      \
    for (; i < n; i++) {                                                                   \
      total += (double)FLAMBEAU_LOAD_##dtype(x[i]) * FLAMBEAU_LOAD_##dtype(y[i]);          \
    }                                                                                      \
    return total;                                                                          \
  }                                                                                        \
  VECTORIZED static void slope_row_##dtype(                                                \
      long n, S *dx, const S *g, const S *y, T mean, T along, T factor) {                  \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      T gradient = FLAMBEAU_LOAD_##dtype(g[i]), place = FLAMBEAU_LOAD_##dtype(y[i]);       \
      dx[i] = FLAMBEAU_STORE_##dtype((gradient - mean - place * along) * factor);          \
    }                                                                                      \
  }                                                                                        \
  static void slopes_##dtype(void *context, long begin, long end) {                        \
    const Work *work = context;                                                            \
    long n = work->n;                                                                      \
    for (long row = begin; row < end; row++) {                                             \
      const S *g = (const S *)work->gradient + row * n, *y = (const S *)work->x + row * n; \
      double mean = work->center ? row_sum_##dtype(n, g, 0) / n : 0;                       \
      double along = row_product_##dtype(n, g, y) / n;                                     \
      T factor = FLAMBEAU_LOAD_##dtype(((const S *)work->r)[row]);                         \
      slope_row_##dtype(n, (S *)work->y + row * n, g, y, (T)mean, (T)along, factor);       \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(SLOPES)

void flambeau_normalize_slopes(
    DType dtype, bool center, long rows, long n, void *dx, const void *g, const void *y, void *r) {
  Work work = {n, 0, center, dx, r, y, g};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(slopes);
  share_rows(bodies, dtype, rows, n, &work);
}
