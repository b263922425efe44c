// Rows normalized to mean 0 and variance 1, or to a mean square of 1, then scaled and shifted:
// y = z·w + b with z = (x - μ)·r and r = 1 / √(σ² + ε).

#include <stdlib.h>

#include "functions.h"
#include "row_bodies.h"
#include "row_totals.h"
#include "vectorized.h"

typedef struct {
  Normalization rows;
  void *y;
  const void *gradient;
  // Partial sums for the gradients of weight and bias, 2·n for each part of the rows.
  double *sums;
} Work;

/// The fixed number of parts that rows are summed in, so that sums do not depend on the number of threads.
enum { PARTS = 8 };

#define NORMALIZE(dtype, S, T, ...)                                                        \
  ROW_TOTAL(row_sum_##dtype, S, FLAMBEAU_LOAD_##dtype, a)                                  \
  ROW_TOTAL(row_squares_##dtype, S, FLAMBEAU_LOAD_##dtype, a *a)                           \
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
      double mean = rows->center ? row_sum_##dtype(n, x, 0, x) / n : 0;                       \
      double factor = 1 / sqrt(row_squares_##dtype(n, x, mean, x) / n + rows->eps);           \
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

// The terms of an element, which are added to its column.
#define TERMS_OF_ROW(dtype, T, i)                                                          \
  T gradient = FLAMBEAU_LOAD_##dtype(g[i]);                                                \
  T along = gradient * ((FLAMBEAU_LOAD_##dtype(x[i]) - mean) * factor);                    \
  T weight = weighted ? FLAMBEAU_LOAD_##dtype(w[i]) : 1;                                   \
  columns[i] += along;                                                                     \
  columns[n + i] += gradient;

// With h = g·w: dx = r·(h - mean(h) - z·mean(h·z)), dw = Σ g·z and db = Σ g.
#define GRADIENTS(dtype, S, T, ...)                                                           \
  /* Computes Σ h and Σ h·z, four terms at a time in type T, and adds g·z and g to the columns. */ \
  INLINE void row_totals_by_##dtype(                                                       \
      long n, const S *g, const S *x, bool weighted, const S *w, T mean, T factor,         \
      T *columns, double totals[2]) {                                                      \
    double first[LANES] = {0}, second[LANES] = {0};                                        \
    long i = 0;                                                                            \
    while (i + LANES <= n) {                                                               \
      T of_four[LANES] = {0}, along_four[LANES] = {0};                                     \
      for (long end = i + 4 * LANES; i < end && i + LANES <= n; i += LANES) {              \
        INDEPENDENT for (int k = 0; k < LANES; k++) {                                      \
          TERMS_OF_ROW(dtype, T, i + k)                                                    \
          of_four[k] += gradient * weight;                                                 \
          along_four[k] += along * weight;                                                 \
        }                                                                                  \
      }                                                                                    \
      INDEPENDENT for (int k = 0; k < LANES; k++) {                                        \
        first[k] += of_four[k];                                                            \
        second[k] += along_four[k];                                                        \
      }                                                                                    \
    }                                                                                      \
    FOLD_LANES(LANES, first, FLAMBEAU_ADD)                                                 \
    FOLD_LANES(LANES, second, FLAMBEAU_ADD)                                                \
    for (; i < n; i++) {                                                                   \
      TERMS_OF_ROW(dtype, T, i)                                                            \
      first[0] += gradient * weight;                                                       \
      second[0] += along * weight;                                                         \
    }                                                                                      \
    totals[0] = first[0];                                                                  \
    totals[1] = second[0];                                                                 \
  }                                                                                        \
  VECTORIZED static void row_totals_##dtype(                                               \
      long n, const S *g, const S *x, const S *w, T mean, T factor, T *columns,            \
      double totals[2]) {                                                                  \
    if (w) {                                                                               \
      row_totals_by_##dtype(n, g, x, true, w, mean, factor, columns, totals);              \
    } else {                                                                               \
      row_totals_by_##dtype(n, g, x, false, w, mean, factor, columns, totals);             \
    }                                                                                      \
  }                                                                                        \
  /* Moves the totals of a few rows to the double-precision sums. */                       \
  VECTORIZED static void move_columns_##dtype(long count, T *columns, double *sums) {      \
    INDEPENDENT for (long i = 0; i < count; i++) {                                         \
      sums[i] += columns[i];                                                               \
      columns[i] = 0;                                                                      \
    }                                                                                      \
  }                                                                                        \
  VECTORIZED static void gradient_row_##dtype(                                                \
      long n, S *dx, const S *g, const S *x, const S *w, T mean, T factor, T total, T along) { \
    if (w) {                                                                               \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T h = FLAMBEAU_LOAD_##dtype(g[i]) * FLAMBEAU_LOAD_##dtype(w[i]);                   \
        T z = (FLAMBEAU_LOAD_##dtype(x[i]) - mean) * factor;                               \
        dx[i] = FLAMBEAU_STORE_##dtype((h - total - z * along) * factor);                  \
      }                                                                                    \
    } else {                                                                               \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T h = FLAMBEAU_LOAD_##dtype(g[i]);                                                 \
        T z = (FLAMBEAU_LOAD_##dtype(x[i]) - mean) * factor;                               \
        dx[i] = FLAMBEAU_STORE_##dtype((h - total - z * along) * factor);                  \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  static void gradients_##dtype(void *context, long begin, long end) {                        \
    const Work *work = context;                                                            \
    const Normalization *rows = &work->rows;                                               \
    long n = rows->length;                                                                 \
    T *columns = calloc(2 * n, sizeof(T));                                                 \
    for (long part = begin; part < end; part++) {                                          \
      long first = rows->count * part / PARTS, last = rows->count * (part + 1) / PARTS;    \
      for (long row = first; row < last; row++) {                                          \
        const S *x = (const S *)rows->x + row * n, *g = (const S *)work->gradient + row * n; \
        T mean = (T)rows->means[row], factor = (T)rows->factors[row];                      \
        double totals[2];                                                                  \
        row_totals_##dtype(n, g, x, rows->weight, mean, factor, columns, totals);          \
        gradient_row_##dtype(                                                                 \
            n, (S *)work->y + row * n, g, x, rows->weight, mean, factor,                   \
            rows->center ? (T)(totals[0] / n) : 0, (T)(totals[1] / n));                    \
        if ((row - first) % 8 == 7 || row == last - 1) {                                   \
          move_columns_##dtype(2 * n, columns, work->sums + part * 2 * n);                 \
        }                                                                                  \
      }                                                                                    \
    }                                                                                      \
    free(columns);                                                                         \
  }                                                                                        \
  static void store_sums_##dtype(long n, const double *sums, S *dw, S *db) {               \
    for (long i = 0; dw && i < n; i++) dw[i] = FLAMBEAU_STORE_##dtype(sums[i]);            \
    for (long i = 0; db && i < n; i++) db[i] = FLAMBEAU_STORE_##dtype(sums[n + i]);        \
  }
FLAMBEAU_FLOAT_DTYPES(GRADIENTS)

void flambeau_normalize_gradients(
    DType dtype, Normalization rows, const void *g, void *dx, void *dw, void *db) {
  double *sums = calloc(PARTS * 2 * rows.length, sizeof(double));
  Work work = {.rows = rows, .y = dx, .gradient = g, .sums = sums};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(gradients);
  share_rows(bodies, dtype, PARTS, rows.count * rows.length / PARTS, &work);
  for (int part = 1; part < PARTS; part++) {
    for (long i = 0; i < 2 * rows.length; i++) sums[i] += sums[part * 2 * rows.length + i];
  }
  FLAMBEAU_CALL_FLOAT(dtype, store_sums, rows.length, sums, dw, db)
  free(sums);
}
