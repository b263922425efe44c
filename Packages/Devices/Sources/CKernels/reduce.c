// Reductions over any dims. Rows of the input that are adjacent in memory decide the order of work,
// and a sum of floating-point numbers is kept in double precision.

#include <stdlib.h>
#include <string.h>

#include "loops.h"
#include "vectorized.h"

// A reduction with its two shapes: over the dims that are kept, and over those that go.
typedef struct {
  long rank;
  long shape[FLAMBEAU_MAX_RANK];
  long strides[FLAMBEAU_MAX_RANK];
  long count;
} Dims;

static void dims_add(Dims *dims, long size, long stride) {
  dims->count *= size;
  if (size == 1) return;
  long last = dims->rank - 1;
  if (last >= 0 && dims->strides[last] == stride * size) {
    dims->shape[last] *= size;
  } else {
    dims->shape[++last] = size;
    dims->rank++;
  }
  dims->strides[last] = stride;
}

// Steps to the next position, over all dims but the innermost `skipped`, and returns its offset.
static long dims_next(const Dims *dims, long skipped, long position[], long offset) {
  for (long dim = dims->rank - 1 - skipped; dim >= 0; dim--) {
    offset += dims->strides[dim];
    if (++position[dim] < dims->shape[dim]) return offset;
    offset -= dims->strides[dim] * dims->shape[dim];
    position[dim] = 0;
  }
  return offset;
}

// Columns reduced side by side.
enum { BLOCK = 256 };

#define SUM_JOIN(total, x) total += x
#define MAX_JOIN(total, x) total = (total >= x || total != total) ? total : x

// Reduces `rows` rows of n elements each into n totals of type A, and then stores them.
#define COLUMNS(name, T, A, JOIN)                                                          \
  VECTORIZED static void name(long n, A *totals, const T *x, long stride) {                \
    if (stride == 1) {                                                                     \
      INDEPENDENT for (long i = 0; i < n; i++) JOIN(totals[i], x[i]);                      \
    } else {                                                                               \
      for (long i = 0; i < n; i++) JOIN(totals[i], x[i * stride]);                         \
    }                                                                                      \
  }

// Reduces a row of n elements into one total, over several at a time where they are adjacent.
#define ROW(name, T, A, JOIN)                                                              \
  VECTORIZED static A name(long n, A total, const T *x, long stride) {                     \
    enum { LANES = 16 };                                                                   \
    long i = 0;                                                                            \
    if (stride == 1 && n >= 2 * LANES) {                                                   \
      A lanes[LANES];                                                                      \
      for (int lane = 0; lane < LANES; lane++) lanes[lane] = x[lane];                      \
      for (i = LANES; i + LANES <= n; i += LANES) {                                        \
        for (int lane = 0; lane < LANES; lane++) JOIN(lanes[lane], (A)x[i + lane]);        \
      }                                                                                    \
      for (int lane = 0; lane < LANES; lane++) JOIN(total, lanes[lane]);                   \
    }                                                                                      \
    for (; i < n; i++) JOIN(total, (A)x[i * stride]);                                      \
    return total;                                                                          \
  }

// The whole reduction: by columns where the innermost kept dim is the denser one, else by rows.
#define REDUCTION(name, T, A, JOIN, FIRST)                                                 \
  COLUMNS(name##_columns, T, A, JOIN)                                                      \
  ROW(name##_row, T, A, JOIN)                                                              \
  static void name(const Dims *kept, const Dims *gone, T *y, const T *x) {                 \
    long gone_last = gone->rank - 1, kept_last = kept->rank - 1;                           \
    long n = gone->rank ? gone->shape[gone_last] : 1;                                      \
    long gone_stride = gone->rank ? gone->strides[gone_last] : 1;                          \
    long m = kept->rank ? kept->shape[kept_last] : 1;                                      \
    long kept_stride = kept->rank ? kept->strides[kept_last] : 1;                          \
    bool by_columns = kept->rank && labs(kept_stride) < labs(gone_stride);                 \
    long kept_position[FLAMBEAU_MAX_RANK] = {0}, kept_offset = 0;                          \
    long outer = by_columns ? kept->count / m : kept->count;                               \
    for (long i = 0; i < outer; i++) {                                                     \
      long gone_position[FLAMBEAU_MAX_RANK] = {0}, offset = kept_offset;                   \
      if (by_columns) {                                                                    \
        for (long start = 0; start < m; start += BLOCK) {                                  \
          long width = m - start < BLOCK ? m - start : BLOCK;                              \
          const T *block = x + offset + start * kept_stride;                               \
          A totals[BLOCK];                                                                 \
          for (long j = 0; j < width; j++) totals[j] = FIRST(block[j * kept_stride]);      \
          long gone_offset = 0;                                                            \
          for (long row = 0; row < gone->count; row++) {                                   \
            name##_columns(width, totals, block + gone_offset, kept_stride);               \
            gone_offset = dims_next(gone, 0, gone_position, gone_offset);                  \
          }                                                                                \
          for (long j = 0; j < width; j++) *y++ = (T)totals[j];                            \
        }                                                                                  \
        kept_offset = dims_next(kept, 1, kept_position, kept_offset);                      \
      } else {                                                                             \
        A total = FIRST(x[offset]);                                                        \
        for (long row = 0; row < gone->count / n; row++) {                                 \
          total = name##_row(n, total, x + offset, gone_stride);                           \
          offset = dims_next(gone, 1, gone_position, offset);                              \
        }                                                                                  \
        *y++ = (T)total;                                                                   \
        kept_offset = dims_next(kept, 0, kept_position, kept_offset);                      \
      }                                                                                    \
    }                                                                                      \
  }

#define ZERO(x) 0
#define ITSELF(x) x
#define REDUCTIONS(dtype, T, ...)                                                          \
  REDUCTION(maximum_##dtype, T, T, MAX_JOIN, ITSELF)

FLAMBEAU_DTYPES(REDUCTIONS)
REDUCTION(sum_int64, int64_t, int64_t, SUM_JOIN, ZERO)
REDUCTION(sum_float32, float, double, SUM_JOIN, ZERO)
REDUCTION(sum_float64, double, double, SUM_JOIN, ZERO)

// The first place of the largest element, or of the first NaN.
#define INDEX_OF_MAXIMUM(dtype, T, ...)                                                    \
  static void index_of_maximum_##dtype(                                                    \
      const Dims *kept, const Dims *gone, int64_t *y, const T *x) {                        \
    long position[FLAMBEAU_MAX_RANK] = {0}, offset = 0;                                    \
    long stride = gone->rank ? gone->strides[0] : 1;                                       \
    for (long i = 0; i < kept->count; i++) {                                               \
      long best = 0;                                                                       \
      T largest = x[offset];                                                               \
      for (long j = 1; j < gone->count && largest == largest; j++) {                       \
        T candidate = x[offset + j * stride];                                              \
        if (candidate > largest || candidate != candidate) {                               \
          largest = candidate;                                                             \
          best = j;                                                                        \
        }                                                                                  \
      }                                                                                    \
      y[i] = best;                                                                         \
      offset = dims_next(kept, 0, position, offset);                                       \
    }                                                                                      \
  }
FLAMBEAU_DTYPES(INDEX_OF_MAXIMUM)

void flambeau_reduce(
    Reduction op, DType dtype, long rank, const long *shape, const bool *reduced,
    void *y, const void *x, const long *x_strides) {
  Dims kept = {.count = 1}, gone = {.count = 1};
  for (long dim = 0; dim < rank; dim++) {
    dims_add(reduced[dim] ? &gone : &kept, shape[dim], x_strides[dim]);
  }
  if (kept.count == 0) return;
  switch (op) {
  case Reduction_sum:
    if (gone.count == 0) {
      memset(y, 0, kept.count * flambeau_dtype_size(dtype));
      return;
    }
    switch (dtype) {
    case DType_int64: sum_int64(&kept, &gone, y, x); break;
    case DType_float32: sum_float32(&kept, &gone, y, x); break;
    case DType_float64: sum_float64(&kept, &gone, y, x); break;
    default: __builtin_trap();  // the caller converts to int64
    }
    break;
  case Reduction_maximum:
    switch (dtype) {
#define X(name, T, ...) \
    case DType_##name: maximum_##name(&kept, &gone, y, x); break;
      FLAMBEAU_DTYPES(X)
#undef X
    }
    break;
  case Reduction_indexOfMaximum:
    switch (dtype) {
#define X(name, T, ...) \
    case DType_##name: index_of_maximum_##name(&kept, &gone, y, x); break;
      FLAMBEAU_DTYPES(X)
#undef X
    }
    break;
  }
}
