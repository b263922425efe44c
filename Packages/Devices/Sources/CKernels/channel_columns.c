// Batch norm of columns, [examples, channels], row by row.

#include <stdlib.h>

#include "channels.h"
#include "vectorized.h"

// The rows of a part, and its totals.
#define SEEK_PART(part)                                                                    \
  const ChannelNorm *norm = &work->norm;                                                   \
  long n = norm->channels, first = norm->outer * part / COLUMN_PARTS;                      \
  long count = norm->outer * (part + 1) / COLUMN_PARTS - first;

// Moves the totals of a part to those of its segments: the first or the second of each.
static void store_totals(const ChannelWork *work, long part, int which, double *sums) {
  long n = work->norm.channels;
  for (long i = 0; i < n; i++) work->totals[2 * (part * n + i) + which] = sums[i];
  free(sums);
}

#define COLUMNS(dtype, S, T, ...)                                                              \
  /* Adds the rows, or the squares of their differences from the centers, to the totals. */    \
  VECTORIZED static void add_rows_##dtype(                                                     \
      long n, long rows, double *restrict totals, const S *x, const double *centers,           \
      bool squared) {                                                                          \
    for (long row = 0; row < rows; row++, x += n) {                                            \
      if (squared) {                                                                           \
        INDEPENDENT for (long i = 0; i < n; i++) {                                             \
          double a = FLAMBEAU_LOAD_##dtype(x[i]) - centers[i];                                 \
          totals[i] += a * a;                                                                  \
        }                                                                                      \
      } else {                                                                                 \
        INDEPENDENT for (long i = 0; i < n; i++) totals[i] += FLAMBEAU_LOAD_##dtype(x[i]);     \
      }                                                                                        \
    }                                                                                          \
  }                                                                                            \
  VECTORIZED static void add_gradients_##dtype(                                                \
      long n, long rows, double *restrict sums, double *restrict along, const S *x,            \
      const S *g, const double *centers) {                                                     \
    for (long row = 0; row < rows; row++, x += n, g += n) {                                    \
      INDEPENDENT for (long i = 0; i < n; i++) {                                               \
        double gradient = FLAMBEAU_LOAD_##dtype(g[i]);                                         \
        sums[i] += gradient;                                                                   \
        along[i] += gradient * (FLAMBEAU_LOAD_##dtype(x[i]) - centers[i]);                     \
      }                                                                                        \
    }                                                                                          \
  }                                                                                            \
  INLINE void totals_of_parts_##dtype(ChannelWork *work, long begin, long end, bool squared) { \
    for (long part = begin; part < end; part++) {                                              \
      SEEK_PART(part)                                                                          \
      double *sums = calloc(n, sizeof(double));                                                \
      add_rows_##dtype(n, count, sums, (const S *)norm->x + first * n, norm->means, squared);  \
      store_totals(work, part, squared, sums);                                                 \
    }                                                                                          \
  }                                                                                            \
  static void sums_##dtype(void *work, long begin, long end) {                                 \
    totals_of_parts_##dtype(work, begin, end, false);                                          \
  }                                                                                            \
  static void deviations_##dtype(void *work, long begin, long end) {                           \
    totals_of_parts_##dtype(work, begin, end, true);                                           \
  }                                                                                            \
  static void gradient_totals_##dtype(void *context, long begin, long end) {                   \
    const ChannelWork *work = context;                                                         \
    for (long part = begin; part < end; part++) {                                              \
      SEEK_PART(part)                                                                          \
      double *sums = calloc(n, sizeof(double)), *along = calloc(n, sizeof(double));            \
      add_gradients_##dtype(                                                                   \
          n, count, sums, along, (const S *)norm->x + first * n,                               \
          (const S *)work->gradient + first * n, norm->means);                                 \
      store_totals(work, part, 0, sums);                                                       \
      store_totals(work, part, 1, along);                                                      \
    }                                                                                          \
  }                                                                                            \
  VECTORIZED static void apply_rows_##dtype(                                                   \
      long n, long rows, S *y, const S *x, const S *g, const T *restrict means,                \
      const T *restrict factors, const T *restrict of_gradient, const T *restrict constants) { \
    for (long row = 0; row < rows; row++, y += n, x += n) {                                    \
      if (g) {                                                                                 \
        INDEPENDENT for (long i = 0; i < n; i++) {                                             \
          T along = (FLAMBEAU_LOAD_##dtype(x[i]) - means[i]) * factors[i] + constants[i];      \
          y[i] = FLAMBEAU_STORE_##dtype(FLAMBEAU_LOAD_##dtype(g[i]) * of_gradient[i] + along); \
        }                                                                                      \
        g += n;                                                                                \
      } else {                                                                                 \
        INDEPENDENT for (long i = 0; i < n; i++) {                                             \
          y[i] = FLAMBEAU_STORE_##dtype(                                                       \
              (FLAMBEAU_LOAD_##dtype(x[i]) - means[i]) * factors[i] + constants[i]);           \
        }                                                                                      \
      }                                                                                        \
    }                                                                                          \
  }                                                                                            \
  static void apply_##dtype(void *context, long begin, long end) {                             \
    const ChannelWork *work = context;                                                         \
    for (long part = begin; part < end; part++) {                                              \
      SEEK_PART(part)                                                                          \
      T *means = malloc(4 * n * sizeof(T));                                                    \
      for (long i = 0; i < n; i++) {                                                           \
        const double *terms = work->terms + TERMS * (part * n + i);                            \
        means[i] = (T)norm->means[i];                                                          \
        means[n + i] = (T)terms[0];                                                            \
        means[2 * n + i] = (T)terms[1];                                                        \
        /* What the mean loses in the compute type is made up for in the constant. */          \
        means[3 * n + i] = (T)(terms[2] + (means[i] - norm->means[i]) * terms[0]);             \
      }                                                                                        \
      apply_rows_##dtype(                                                                      \
          n, count, (S *)work->y + first * n, (const S *)norm->x + first * n,                  \
          work->gradient ? (const S *)work->gradient + first * n : NULL, means, means + n,     \
          means + 2 * n, means + 3 * n);                                                       \
      free(means);                                                                             \
    }                                                                                          \
  }
FLAMBEAU_FLOAT_DTYPES(COLUMNS)

const RowBody column_sums[] = FLOAT_ROW_BODIES(sums);
const RowBody column_deviations[] = FLOAT_ROW_BODIES(deviations);
const RowBody column_gradient_totals[] = FLOAT_ROW_BODIES(gradient_totals);
const RowBody column_apply[] = FLOAT_ROW_BODIES(apply);
