// Interpolation of images and its transpose: sums of weighted elements, along rows and then along columns. A band of
// the result is computed at a time, so that the rows between both steps stay in the cache.

#include <stdbool.h>
#include <stdlib.h>

#include "include/windows.h"
#include "row_bodies.h"
#include "vectorized.h"

enum {
  /// The bytes of the rows between both steps.
  BAND_BYTES = 32768,
};

typedef struct {
  Taps rows, columns;
  /// The columns' weights in the compute type.
  void *weights;
  /// The rows of a band, the number of bands of an image, and the most rows that a band is computed from.
  long tall, bands, longest;
  void *y;
  const void *x;
} Work;

// The rows of an image that a band is computed from, first ..< last.
static void rows_of_band(const Taps *rows, long begin, long end, long *first, long *last) {
  *first = begin;
  *last = end;
  if (rows->taps == 0) return;
  *first = rows->size;
  *last = 0;
  for (long k = 0; k < rows->taps; k++) {
    for (long i = begin; i < end; i++) {
      long place = rows->places[k * rows->count + i];
      if (place == rows->size) continue;
      if (place < *first) *first = place;
      if (place >= *last) *last = place + 1;
    }
  }
}

#define RESAMPLE(dtype, S, C, ...)                                                         \
  VECTORIZED static void across_##dtype(                                                   \
      const Taps *taps, const C *restrict weights, C *restrict y, const S *x, C *restrict row) { \
    long count = taps->count;                                                              \
    const int32_t *places = taps->places;                                                  \
    if (taps->taps == 0) {                                                                 \
      for (long j = 0; j < count; j++) y[j] = FLAMBEAU_LOAD_##dtype(x[j]);                 \
      return;                                                                              \
    }                                                                                      \
    for (long j = 0; j < taps->size; j++) row[j] = FLAMBEAU_LOAD_##dtype(x[j]);            \
    /* What a missing tap reads. */                                                        \
    row[taps->size] = 0;                                                                   \
    if (taps->taps == 2) {                                                                 \
      for (long j = 0; j < count; j++) {                                                   \
        y[j] = weights[j] * row[places[j]] + weights[count + j] * row[places[count + j]];  \
      }                                                                                    \
      return;                                                                              \
    }                                                                                      \
    for (long j = 0; j < count; j++) y[j] = weights[j] * row[places[j]];                   \
    for (long k = 1; k < taps->taps; k++) {                                                \
      for (long j = 0; j < count; j++) {                                                   \
        y[j] += weights[k * count + j] * row[places[k * count + j]];                       \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  VECTORIZED static void down_##dtype(                                                     \
      const Taps *taps, long i, long n, S *y, const C *band, C *restrict total) {          \
    bool is_first = true;                                                                  \
    for (long k = 0; k < taps->taps; k++) {                                                \
      long place = taps->places[k * taps->count + i];                                      \
      if (place == taps->size) continue;                                                   \
      C weight = (C)taps->weights[k * taps->count + i];                                    \
      const C *row = band + place * n;                                                     \
      if (is_first) {                                                                      \
        for (long j = 0; j < n; j++) total[j] = weight * row[j];                           \
      } else {                                                                             \
        for (long j = 0; j < n; j++) total[j] += weight * row[j];                          \
      }                                                                                    \
      is_first = false;                                                                    \
    }                                                                                      \
    for (long j = 0; j < n; j++) y[j] = FLAMBEAU_STORE_##dtype(is_first ? 0 : total[j]);   \
  }                                                                                        \
  VECTORIZED static void stored_##dtype(long n, S *y, const C *x) {                        \
    for (long j = 0; j < n; j++) y[j] = FLAMBEAU_STORE_##dtype(x[j]);                      \
  }                                                                                        \
  static void bands_##dtype(void *context, long begin, long end) {                         \
    const Work *work = context;                                                            \
    const Taps *rows = &work->rows, *columns = &work->columns;                             \
    long n = columns->count, width = columns->size;                                        \
    C *band = malloc((work->longest * n + n + width + 1) * sizeof(C));                     \
    C *total = band + work->longest * n, *row = total + n;                                 \
    for (long index = begin; index < end; index++) {                                       \
      long image = index / work->bands, from = index % work->bands * work->tall, first, last; \
      long to = from + work->tall < rows->count ? from + work->tall : rows->count;         \
      rows_of_band(rows, from, to, &first, &last);                                         \
      const S *x = (const S *)work->x + image * rows->size * width;                        \
      S *y = (S *)work->y + image * rows->count * n;                                       \
      for (long i = first; i < last; i++) {                                                \
        across_##dtype(columns, work->weights, band + (i - first) * n, x + i * width, row); \
      }                                                                                    \
      for (long i = from; i < to; i++) {                                                   \
        if (rows->taps == 0) {                                                             \
          stored_##dtype(n, y + i * n, band + (i - first) * n);                            \
        } else {                                                                           \
          down_##dtype(rows, i, n, y + i * n, band - first * n, total);                    \
        }                                                                                  \
      }                                                                                    \
    }                                                                                      \
    free(band);                                                                            \
  }                                                                                        \
  static void *weights_##dtype(const Taps *taps) {                                         \
    C *weights = malloc((taps->taps * taps->count + 1) * sizeof(C));                       \
    for (long i = 0; i < taps->taps * taps->count; i++) weights[i] = (C)taps->weights[i];  \
    return weights;                                                                        \
  }
FLAMBEAU_FLOAT_DTYPES(RESAMPLE)

void flambeau_resample(
    DType dtype, Taps rows, Taps columns, long images, void *y, const void *x) {
  if (images * rows.count * columns.count == 0) return;
  Work work = {.rows = rows, .columns = columns, .y = y, .x = x};
  work.tall = BAND_BYTES / (columns.count * (long)sizeof(double)) + 1;
  if (work.tall > rows.count) work.tall = rows.count;
  work.bands = (rows.count + work.tall - 1) / work.tall;
  for (long band = 0; band < work.bands; band++) {
    long first, last, from = band * work.tall;
    long to = from + work.tall < rows.count ? from + work.tall : rows.count;
    rows_of_band(&rows, from, to, &first, &last);
    if (last - first > work.longest) work.longest = last - first;
  }
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(bands);
  static void *(*const converted[FLAMBEAU_DTYPE_COUNT])(const Taps *) = {
      FLAMBEAU_FLOAT_DTYPES(ROW_BODY, weights)};
  if (!bodies[dtype]) flambeau_stop_without_kernel(__func__, dtype);
  work.weights = converted[dtype](&columns);
  share_rows(bodies, dtype, images * work.bands, work.tall * columns.count, &work);
  free(work.weights);
}
