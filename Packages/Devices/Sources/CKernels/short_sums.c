// Sums of short rows, four at a time: joining the lanes of a single row takes longer than adding them up.

#include "short_sums.h"

#include <math.h>
#include <string.h>

#include "include/parallel.h"
#include "lanes.h"
#include "loops.h"
#include "vectorized.h"

typedef struct {
  const ReductionTerms *terms;
  long columns, stride;
  void *y;
  const void *x;
} Work;

typedef double Eight __attribute__((vector_size(FEW_LANES * sizeof(double))));
typedef double Four __attribute__((vector_size(4 * sizeof(double))));

#define PICKED(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

// Adds the sum of each vector's lanes, joined pairwise. (Functions for several instruction sets pass no vectors.)
INLINE void add_lanes(const Eight lanes[4], Four *totals) {
  Four halves[4];
  for (int r = 0; r < 4; r++) {
    halves[r] = PICKED(lanes[r], lanes[r], 0, 1, 2, 3) + PICKED(lanes[r], lanes[r], 4, 5, 6, 7);
  }
  Four first = PICKED(halves[0], halves[1], 0, 1, 4, 5) + PICKED(halves[0], halves[1], 2, 3, 6, 7);
  Four last = PICKED(halves[2], halves[3], 0, 1, 4, 5) + PICKED(halves[2], halves[3], 2, 3, 6, 7);
  *totals += PICKED(first, last, 0, 2, 4, 6) + PICKED(first, last, 1, 3, 5, 7);
}

#define SUMS(dtype, S, C, ...)                                                             \
  INLINE void add_eight_##dtype(const S *x, Eight *lanes) {                                \
    Eight more;                                                                            \
    for (int k = 0; k < FEW_LANES; k++) more[k] = FLAMBEAU_LOAD_##dtype(x[k]);             \
    *lanes += more;                                                                        \
  }                                                                                        \
  VECTORIZED static void sums_##dtype(void *context, long begin, long end) {               \
    const Work *work = context;                                                            \
    const ReductionTerms *terms = work->terms;                                             \
    long n = work->columns;                                                                \
    for (long row = begin; row < end; row += 4) {                                          \
      const S *x[4];                                                                       \
      for (int r = 0; r < 4; r++) {                                                        \
        x[r] = (const S *)work->x + (row + r < end ? row + r : row) * work->stride;        \
      }                                                                                    \
      Four totals = {0};                                                                   \
      long i = 0;                                                                          \
      Eight lanes[4] = {0};                                                                \
      for (; i + FEW_LANES <= n; i += FEW_LANES) {                                         \
        for (int r = 0; r < 4; r++) add_eight_##dtype(x[r] + i, &lanes[r]);                \
      }                                                                                    \
      add_lanes(lanes, &totals);                                                           \
      for (; i < n; i++) {                                                                 \
        totals += (Four){FLAMBEAU_LOAD_##dtype(x[0][i]), FLAMBEAU_LOAD_##dtype(x[1][i]),   \
                         FLAMBEAU_LOAD_##dtype(x[2][i]), FLAMBEAU_LOAD_##dtype(x[3][i])};  \
      }                                                                                    \
      if (terms->divisor != 1) totals /= terms->divisor;                                   \
      if (terms->takes_root) {                                                             \
        for (int r = 0; r < 4; r++) totals[r] = sqrt(totals[r]);                           \
      }                                                                                    \
      S results[4];                                                                        \
      for (int r = 0; r < 4; r++) results[r] = FLAMBEAU_STORE_##dtype(totals[r]);          \
      S *y = (S *)work->y + row;                                                           \
      if (row + 4 <= end) {                                                                \
        memcpy(y, results, sizeof results);                                                \
      } else {                                                                             \
        for (long r = 0; row + r < end; r++) y[r] = results[r];                            \
      }                                                                                    \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(SUMS)

bool flambeau_sum_short_rows(
    DType dtype, const ReductionTerms *terms, long rows, long columns, long stride, void *y,
    const void *x) {
#define X(dtype, ...) [DType_##dtype] = sums_##dtype,
  static void (*const kernels[FLAMBEAU_DTYPE_COUNT])(void *, long, long) = {
      FLAMBEAU_FLOAT_DTYPES(X)};
#undef X
  if (!kernels[dtype]) return false;
  Work work = {terms, columns, stride, y, x};
  flambeau_parallel(rows, LOOPS_GRAIN / columns + 1, kernels[dtype], &work);
  return true;
}
