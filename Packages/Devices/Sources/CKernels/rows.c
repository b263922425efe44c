// Kernels along the rows of contiguous memory: scans and searching, and the indices of true elements.

#include <stdlib.h>
#include <string.h>

#include "row_bodies.h"
#include "vectorized.h"

typedef struct {
  long n;
  bool flag;
  void *y;
  const void *x;
  const void *sorted;
  long length;
} Work;

// Cumulative sums and products, accumulated in double precision for floating point.
#define SCAN(name, dtype, S, A, FIRST, JOIN)                                               \
  static void name##_##dtype(void *context, long begin, long end) {                        \
    const Work *work = context;                                                            \
    for (long row = begin; row < end; row++) {                                             \
      const S *x = (const S *)work->x + row * work->n;                                     \
      S *y = (S *)work->y + row * work->n;                                                 \
      A total = FIRST;                                                                     \
      for (long i = 0; i < work->n; i++) {                                                 \
        total = total JOIN FLAMBEAU_LOAD_##dtype(x[i]);                                    \
        y[i] = FLAMBEAU_STORE_##dtype(total);                                              \
      }                                                                                    \
    }                                                                                      \
  }
#define SCANS(dtype, S, ...)                   \
  SCAN(running_sum, dtype, S, double, 0, +)    \
  SCAN(running_product, dtype, S, double, 1, *)
FLAMBEAU_FLOAT_DTYPES(SCANS)
SCAN(running_sum, int64, int64_t, int64_t, 0, +)
SCAN(running_product, int64, int64_t, int64_t, 1, *)

void flambeau_scan(Reduction op, DType dtype, long rows, long n, void *y, const void *x) {
  static const RowBody bodies[][FLAMBEAU_DTYPE_COUNT] = {
      [Reduction_sum] = {
          [DType_int64] = running_sum_int64, FLAMBEAU_FLOAT_DTYPES(ROW_BODY, running_sum)},
      [Reduction_product] = {
          [DType_int64] = running_product_int64, FLAMBEAU_FLOAT_DTYPES(ROW_BODY, running_product)},
  };
  Work work = {.n = n, .y = y, .x = x};
  share_rows(bodies[op], dtype, rows, n, &work);
}

#define SEARCH(dtype, S, C, ...)                                                           \
  static void search_##dtype(void *context, long begin, long end) {                        \
    const Work *work = context;                                                            \
    for (long row = begin; row < end; row++) {                                             \
      const S *x = (const S *)work->x + row * work->n;                                     \
      const S *sorted = (const S *)work->sorted + row * work->length;                      \
      int64_t *places = (int64_t *)work->y + row * work->n;                                \
      for (long i = 0; i < work->n; i++) {                                                 \
        C wanted = FLAMBEAU_LOAD_##dtype(x[i]);                                            \
        long first = 0, last = work->length;                                               \
        while (first < last) {                                                             \
          long middle = first + (last - first) / 2;                                        \
          C here = FLAMBEAU_LOAD_##dtype(sorted[middle]);                                  \
          bool goes_before = work->flag ? !FLAMBEAU_BEFORE(wanted, here) : FLAMBEAU_BEFORE(here, wanted);    \
          if (goes_before) first = middle + 1; else last = middle;                         \
        }                                                                                  \
        places[i] = first;                                                                 \
      }                                                                                    \
    }                                                                                      \
  }
FLAMBEAU_DTYPES(SEARCH)

void flambeau_search(
    DType dtype, bool after_equal, long rows, long n, long length, int64_t *places, const void *x,
    const void *sorted) {
  Work work = {
      .n = n, .flag = after_equal, .y = places, .x = x, .sorted = sorted, .length = length};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = ROW_BODIES(search);
  share_rows(bodies, dtype, rows, n, &work);
}

VECTORIZED long flambeau_count_true(long count, const bool *x) {
  long found = 0;
  for (long start = 0; start < count; start += 255) {
    long end = count - start < 255 ? count : start + 255;
    // Counts of at most 255 fit into the lanes' bytes.
    uint8_t some = 0;
    for (long i = start; i < end; i++) some += x[i];
    found += some;
  }
  return found;
}

void flambeau_nonzero(long count, const bool *x, long found, int64_t *places) {
  long i = 0, place = 0;
  while (place < found) {
    // The bytes of eight elements.
    uint64_t eight = 0;
    memcpy(&eight, x + i, count - i < 8 ? count - i : 8);
    for (; eight; eight &= eight - 1) places[place++] = i + __builtin_ctzll(eight) / 8;
    i += 8;
  }
}
