// Rows brought to mean 0 and variance 1, or to a mean square of 1, then scaled and shifted:
// y = z·w + b with z = (x - μ)·r and r = 1 / √(σ² + ε).

#include <stdlib.h>

#include "functions.h"
#include "lanes.h"
#include "row_bodies.h"
#include "vectorized.h"

typedef struct {
  Normalization rows;
  void *y;
  const void *gradient;
  // Sums for the gradients of weight and bias, 2·n of them for each part of the rows.
  double *sums;
} Work;

/// In how many parts rows are added up, so that sums do not depend on the number of threads.
enum { PARTS = 16 };

// The sum of an expression in a, which is each element less a shift.
#define TOTAL(name, S, LOAD, EXPRESSION)                                                   \
  VECTORIZED static double name(long n, const S *x, double shift) {                        \
    double lanes[LANES] = {0};                                                             \
    long i = 0;                                                                            \
    for (; i + LANES <= n; i += LANES) {                                                   \
      for (int k = 0; k < LANES; k++) {                                                    \
        double a = LOAD(x[i + k]) - shift;                                                 \
        lanes[k] += EXPRESSION;                                                            \
      }                                                                                    \
    }                                                                                      \
    FOLD_LANES(lanes, ADD)                                                                 \
    for (; i < n; i++) {                                                                   \
      double a = LOAD(x[i]) - shift;                                                       \
      lanes[0] += EXPRESSION;                                                              \
    }                                                                                      \
    return lanes[0];                                                                       \
  }

#define NORMALIZE(dtype, S, T, ...)                                                        \
  TOTAL(row_sum_##dtype, S, FLAMBEAU_LOAD_##dtype, a)                                      \
  TOTAL(row_squares_##dtype, S, FLAMBEAU_LOAD_##dtype, a *a)                               \
  VECTORIZED static void scale_row_##dtype(                                                \
      long n, S *y, const S *x, const S *w, const S *b, T mean, T factor) {                \
    if (w && b) {                                                                          \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T z = (FLAMBEAU_LOAD_##dtype(x[i]) - mean) * factor;                               \
        y[i] = FLAMBEAU_STORE_##dtype(                                                     \
            z * FLAMBEAU_LOAD_##dtype(w[i]) + FLAMBEAU_LOAD_##dtype(b[i]));                \
      }                                                                                    \
    } else if (w) {                                                                        \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T z = (FLAMBEAU_LOAD_##dtype(x[i]) - mean) * factor;                               \
        y[i] = FLAMBEAU_STORE_##dtype(z * FLAMBEAU_LOAD_##dtype(w[i]));                    \
      }                                                                                    \
    } else {                                                                               \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T z = (FLAMBEAU_LOAD_##dtype(x[i]) - mean) * factor;                               \
        y[i] = FLAMBEAU_STORE_##dtype(b ? z + FLAMBEAU_LOAD_##dtype(b[i]) : z);            \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  static void normalize_##dtype(void *context, long begin, long end) {                     \
    const Work *work = context;                                                            \
    const Normalization *rows = &work->rows;                                               \
    long n = rows->length;                                                                 \
    for (long row = begin; row < end; row++) {                                             \
      const S *x = (const S *)rows->x + row * n;                                           \
      double mean = rows->center ? row_sum_##dtype(n, x, 0) / n : 0;                       \
      double factor = 1 / sqrt(row_squares_##dtype(n, x, mean) / n + rows->eps);           \
      scale_row_##dtype(                                                                   \
          n, (S *)work->y + row * n, x, rows->weight, rows->bias, (T)mean, (T)factor);     \
      rows->means[row] = mean;                                                             \
      rows->factors[row] = factor;                                                         \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(NORMALIZE)

void flambeau_normalize(DType dtype, Normalization rows, void *y) {
  Work work = {.rows = rows, .y = y};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(normalize);
  share_rows(bodies, dtype, rows.count, rows.length, &work);
}

// With h = g·w: dx = r·(h - mean(h) - z·mean(h·z)), dw = Σ g·z and db = Σ g.
#define SLOPES(dtype, S, T, ...)                                                           \
  /* Σ h and Σ h·z */                                                                      \
  VECTORIZED static void row_totals_##dtype(                                               \
      long n, const S *g, const S *x, const S *w, T mean, T factor, double totals[2]) {    \
    double first[LANES] = {0}, second[LANES] = {0};                                        \
    long i = 0;                                                                            \
    for (; i + LANES <= n; i += LANES) {                                                   \
      INDEPENDENT for (int k = 0; k < LANES; k++) {                                        \
        T z = (FLAMBEAU_LOAD_##dtype(x[i + k]) - mean) * factor;                           \
        T h = FLAMBEAU_LOAD_##dtype(g[i + k]);                                             \
        if (w) h *= FLAMBEAU_LOAD_##dtype(w[i + k]);                                       \
        first[k] += h;                                                                     \
        second[k] += h * z;                                                                \
      }                                                                                    \
    }                                                                                      \
    FOLD_LANES(first, ADD)                                                                 \
    FOLD_LANES(second, ADD)                                                                \
    for (; i < n; i++) {                                                                   \
      T z = (FLAMBEAU_LOAD_##dtype(x[i]) - mean) * factor;                                 \
      T h = FLAMBEAU_LOAD_##dtype(g[i]);                                                   \
      if (w) h *= FLAMBEAU_LOAD_##dtype(w[i]);                                             \
      first[0] += h;                                                                       \
      second[0] += h * z;                                                                  \
    }                                                                                      \
    totals[0] = first[0];                                                                  \
    totals[1] = second[0];                                                                 \
  }                                                                                        \
  /* Adds g·z and g of up to four rows, which are first added up themselves. */            \
  VECTORIZED static void column_sums_##dtype(                                              \
      long rows, long n, const S *g, const S *x, const double *means,                      \
      const double *factors, double *sums) {                                               \
    T mean[4], factor[4];                                                                  \
    long at[4];                                                                            \
    for (int r = 0; r < 4; r++) {                                                          \
      at[r] = r < rows ? r * n : 0;                                                        \
      mean[r] = (T)means[r < rows ? r : 0];                                                \
      factor[r] = (T)factors[r < rows ? r : 0];                                            \
    }                                                                                      \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      T weight = 0, bias = 0;                                                              \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < 4; r++) {                     \
        T gradient = r < rows ? FLAMBEAU_LOAD_##dtype(g[at[r] + i]) : 0;                   \
        weight += gradient * ((FLAMBEAU_LOAD_##dtype(x[at[r] + i]) - mean[r]) * factor[r]); \
        bias += gradient;                                                                  \
      }                                                                                    \
      sums[i] += weight;                                                                   \
      sums[n + i] += bias;                                                                 \
    }                                                                                      \
  }                                                                                        \
  VECTORIZED static void slope_row_##dtype(                                                \
      long n, S *dx, const S *g, const S *x, const S *w, T mean, T factor, T total, T along) { \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      T z = (FLAMBEAU_LOAD_##dtype(x[i]) - mean) * factor;                                 \
      T h = FLAMBEAU_LOAD_##dtype(g[i]);                                                   \
      if (w) h *= FLAMBEAU_LOAD_##dtype(w[i]);                                             \
      dx[i] = FLAMBEAU_STORE_##dtype((h - total - z * along) * factor);                    \
    }                                                                                      \
  }                                                                                        \
  static void slopes_##dtype(void *context, long begin, long end) {                        \
    const Work *work = context;                                                            \
    const Normalization *rows = &work->rows;                                               \
    long n = rows->length;                                                                 \
    for (long part = begin; part < end; part++) {                                          \
      long first = rows->count * part / PARTS, last = rows->count * (part + 1) / PARTS;    \
      const S *x = (const S *)rows->x, *g = (const S *)work->gradient;                     \
      for (long row = first; row < last; row++) {                                          \
        T mean = (T)rows->means[row], factor = (T)rows->factors[row];                      \
        double totals[2];                                                                  \
        row_totals_##dtype(                                                                \
            n, g + row * n, x + row * n, rows->weight, mean, factor, totals);              \
        slope_row_##dtype(                                                                 \
            n, (S *)work->y + row * n, g + row * n, x + row * n, rows->weight, mean, factor, \
            rows->center ? (T)(totals[0] / n) : 0, (T)(totals[1] / n));                    \
        if ((row - first) % 4 == 3 || row == last - 1) {                                   \
          long start = row - (row - first) % 4;                                            \
          column_sums_##dtype(                                                             \
              row + 1 - start, n, g + start * n, x + start * n, rows->means + start,       \
              rows->factors + start, work->sums + part * 2 * n);                           \
        }                                                                                  \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  static void store_sums_##dtype(const Work *work, void *dw, void *db) {                   \
    long n = work->rows.length;                                                            \
    for (long i = 0; i < n; i++) {                                                         \
      double weight = 0, bias = 0;                                                         \
      for (int part = 0; part < PARTS; part++) {                                           \
        weight += work->sums[part * 2 * n + i];                                            \
        bias += work->sums[part * 2 * n + n + i];                                          \
      }                                                                                    \
      if (dw) ((S *)dw)[i] = FLAMBEAU_STORE_##dtype(weight);                               \
      if (db) ((S *)db)[i] = FLAMBEAU_STORE_##dtype(bias);                                 \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(SLOPES)

void flambeau_normalize_slopes(
    DType dtype, Normalization rows, const void *g, void *dx, void *dw, void *db) {
  double *sums = calloc(PARTS * 2 * rows.length, sizeof(double));
  Work work = {.rows = rows, .y = dx, .gradient = g, .sums = sums};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(slopes);
  share_rows(bodies, dtype, PARTS, rows.count * rows.length / PARTS, &work);
  FLAMBEAU_CALL_FLOAT(dtype, store_sums, &work, dw, db)
  free(sums);
}
