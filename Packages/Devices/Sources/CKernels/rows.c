// Kernels along the rows of contiguous memory: scans and searching, and the indices of true elements.

#include <stdlib.h>
#include <string.h>

#include "row_bodies.h"
#include "vectorized.h"

enum {
  /// The numbers of rows and of columns that are scanned together.
  SCANNED_ROWS = 4,
  SCANNED_COLUMNS = 128,
};

typedef struct {
  long n, inner;
  bool flag;
  void *y;
  const void *x;
  const void *sorted;
  long length;
} Work;

// Cumulative sums and products, accumulated in double precision for floating point. Each total waits for the one before
// it, so several rows, or all columns of a block, advance together.
#define SCAN(name, dtype, S, A, FIRST, JOIN)                                               \
  INLINE void name##_rows_##dtype(long n, long rows, S *y, const S *x) {                   \
    A totals[SCANNED_ROWS];                                                                \
    for (long k = 0; k < rows; k++) totals[k] = FIRST;                                     \
    for (long i = 0; i < n; i++) {                                                         \
      for (long k = 0; k < rows; k++) {                                                    \
        totals[k] = totals[k] JOIN FLAMBEAU_LOAD_##dtype(x[k * n + i]);                    \
        y[k * n + i] = FLAMBEAU_STORE_##dtype(totals[k]);                                  \
      }                                                                                    \
    }                                                                                      \
  }                                                                                        \
  static void name##_##dtype(void *context, long begin, long end) {                        \
    const Work *work = context;                                                            \
    long n = work->n, row = begin;                                                         \
    S *y = work->y;                                                                        \
    const S *x = work->x;                                                                  \
    for (; row + SCANNED_ROWS <= end; row += SCANNED_ROWS) {                               \
      name##_rows_##dtype(n, SCANNED_ROWS, y + row * n, x + row * n);                      \
    }                                                                                      \
    for (; row < end; row++) name##_rows_##dtype(n, 1, y + row * n, x + row * n);          \
  }                                                                                        \
  VECTORIZED static void name##_columns_##dtype(void *context, long begin, long end) {     \
    const Work *work = context;                                                            \
    long inner = work->inner, blocks = (inner + SCANNED_COLUMNS - 1) / SCANNED_COLUMNS;    \
    for (long block = begin; block < end; block++) {                                       \
      long start = block % blocks * SCANNED_COLUMNS;                                       \
      long width = inner - start < SCANNED_COLUMNS ? inner - start : SCANNED_COLUMNS;      \
      A totals[SCANNED_COLUMNS];                                                           \
      for (long j = 0; j < width; j++) totals[j] = FIRST;                                  \
      for (long i = 0; i < work->n; i++) {                                                 \
        long first = (block / blocks * work->n + i) * inner + start;                       \
        const S *x = (const S *)work->x + first;                                           \
        S *y = (S *)work->y + first;                                                       \
        INDEPENDENT for (long j = 0; j < width; j++) {                                     \
          totals[j] = totals[j] JOIN FLAMBEAU_LOAD_##dtype(x[j]);                          \
          y[j] = FLAMBEAU_STORE_##dtype(totals[j]);                                        \
        }                                                                                  \
      }                                                                                    \
    }                                                                                      \
  }
#define SCANS(dtype, S, ...)                   \
  SCAN(running_sum, dtype, S, double, 0, +)    \
  SCAN(running_product, dtype, S, double, 1, *)
FLAMBEAU_FLOAT_DTYPES(SCANS)
SCAN(running_sum, int64, int64_t, int64_t, 0, +)
SCAN(running_product, int64, int64_t, int64_t, 1, *)

#define SCAN_BODIES(name) \
  {[DType_int64] = name##_int64, FLAMBEAU_FLOAT_DTYPES(ROW_BODY, name)}

void flambeau_scan(
    Reduction op, DType dtype, long outer, long n, long inner, void *y, const void *x) {
  static const RowBody rows[][FLAMBEAU_DTYPE_COUNT] = {
      [Reduction_sum] = SCAN_BODIES(running_sum),
      [Reduction_product] = SCAN_BODIES(running_product),
  };
  static const RowBody columns[][FLAMBEAU_DTYPE_COUNT] = {
      [Reduction_sum] = SCAN_BODIES(running_sum_columns),
      [Reduction_product] = SCAN_BODIES(running_product_columns),
  };
  Work work = {.n = n, .inner = inner, .y = y, .x = x};
  if (inner == 1) {
    share_rows(rows[op], dtype, outer, n, &work);
  } else {
    share_columns(columns[op], dtype, outer, n, inner, SCANNED_COLUMNS, &work);
  }
}

// Several searches take their steps together, so that the processor waits for the memory of all at once.
enum { SEARCHES = 16 };
#define SEARCH(dtype, S, C, ...)                                                                \
  VECTORIZED static void search_together_##dtype(                                               \
      const S *x, const S *sorted, long length, bool after_equal, int64_t *places) {            \
    C wanted[SEARCHES];                                                                         \
    long first[SEARCHES] = {0};                                                                 \
    for (int k = 0; k < SEARCHES; k++) wanted[k] = FLAMBEAU_LOAD_##dtype(x[k]);                 \
    for (long half, rest = length; rest > 0; rest = rest > 1 ? rest - half : 0) {               \
      /* The place is among the next `rest`, or after them. */                                  \
      half = rest > 1 ? rest / 2 : 1;                                                           \
      for (int k = 0; k < SEARCHES; k++) {                                                      \
        C here = FLAMBEAU_LOAD_##dtype(sorted[first[k] + half - 1]);                            \
        bool goes_before =                                                                      \
            after_equal ? !FLAMBEAU_BEFORE(wanted[k], here) : FLAMBEAU_BEFORE(here, wanted[k]); \
        first[k] += goes_before ? half : 0;                                                     \
      }                                                                                         \
    }                                                                                           \
    for (int k = 0; k < SEARCHES; k++) places[k] = first[k];                                    \
  }                                                                                             \
  static void search_##dtype(void *context, long begin, long end) {                             \
    const Work *work = context;                                                                 \
    while (begin < end) {                                                                       \
      long row = begin / work->n, next = (row + 1) * work->n;                                   \
      long count = (end < next ? end : next) - begin;                                           \
      if (count > SEARCHES) count = SEARCHES;                                                   \
      const S *x = (const S *)work->x + begin;                                                  \
      const S *sorted = (const S *)work->sorted + row * work->length;                           \
      S some[SEARCHES];                                                                         \
      int64_t found[SEARCHES];                                                                  \
      for (int k = 0; k < SEARCHES; k++) some[k] = x[k < count ? k : 0];                        \
      search_together_##dtype(some, sorted, work->length, work->flag, found);                   \
      memcpy((int64_t *)work->y + begin, found, count * sizeof *found);                         \
      begin += count;                                                                           \
    }                                                                                           \
  }
FLAMBEAU_DTYPES(SEARCH)

void flambeau_search(
    DType dtype, bool after_equal, long rows, long n, long length, int64_t *places, const void *x,
    const void *sorted) {
  Work work = {
      .n = n, .flag = after_equal, .y = places, .x = x, .sorted = sorted, .length = length};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = ROW_BODIES(search);
  // Each element takes a step for each bit of the length.
  share_rows(bodies, dtype, rows * n, 64 - __builtin_clzl(length | 1), &work);
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
