// Reductions over any dims. The order of accumulation follows the input's layout in memory and does not depend on the
// number of threads; floating-point sums and products are accumulated in double precision.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dims.h"
#include "include/parallel.h"
#include "reduce_rows.h"
#include "short_sums.h"

enum {
  /// The number of columns reduced together.
  BLOCK = 512,
};

typedef struct {
  Dims kept, gone;
  void *y;
  const void *x;
  ReductionTerms terms;
} Work;

// The centers from a result on, or null if there are none.
static const double *centers_from(const ReductionTerms *terms, long result) {
  return terms->centers ? terms->centers + result : NULL;
}

static double finished(double total, const ReductionTerms *terms) {
  total /= terms->divisor;
  return terms->takes_root ? sqrt(total) : total;
}

// The whole reduction of elements of type S into totals of type A, which start with FIRST, and results of type R,
// given the function of a row.
#define REDUCTION(name, ELEMENT, STORE, S, R, A, JOIN, FIRST)                                            \
  COLUMNS(name, ELEMENT, S, A, JOIN)                                                                     \
  BY_BLOCKS(name, S, A)                                                                                  \
  /* One total, over the positions begin ..< end of the reduced dims. */                                 \
  VECTORIZED static A name##_total(                                                                      \
      const Dims *gone, const S *x, const double *centers, long begin, long end) {                       \
    long n = gone->rank ? gone->shape[gone->rank - 1] : 1;                                               \
    long stride = gone->rank ? gone->strides[gone->rank - 1] : 1;                                        \
    long position[FLAMBEAU_MAX_RANK];                                                                    \
    long offset = dims_seek(gone, 1, begin / n, position), column = begin % n;                           \
    double center = centers ? *centers : 0;                                                              \
    A total = FIRST((A)ELEMENT(x[offset + column * stride], center));                                    \
    while (begin < end) {                                                                                \
      long width = n - column < end - begin ? n - column : end - begin;                                  \
      total = name##_row(width, total, x + offset + column * stride, stride, center);                    \
      begin += width;                                                                                    \
      column = 0;                                                                                        \
      offset = dims_next(gone, 1, position, offset);                                                     \
    }                                                                                                    \
    return total;                                                                                        \
  }                                                                                                      \
  /* The totals of rows of a single dim: for short ones, a call would take longer. */                    \
  VECTORIZED static void name##_rows(const Work *work, long begin, long end) {                           \
    const ReductionTerms *terms = &work->terms;                                                          \
    long n = work->gone.shape[0], stride = work->gone.strides[0];                                        \
    long position[FLAMBEAU_MAX_RANK];                                                                    \
    long offset = dims_seek(&work->kept, 0, begin, position);                                            \
    for (long i = begin; i < end; i++) {                                                                 \
      const S *x = (const S *)work->x + offset;                                                          \
      double center = terms->centers ? terms->centers[i] : 0;                                            \
      A total = FIRST((A)ELEMENT(x[0], center));                                                         \
      total = name##_row(n, total, x, stride, center);                                                   \
      ((R *)work->y)[i] = STORE(total, terms);                                                           \
      offset = dims_next(&work->kept, 0, position, offset);                                              \
    }                                                                                                    \
  }                                                                                                      \
  static void name##_totals(void *context, long begin, long end) {                                       \
    const Work *work = context;                                                                          \
    const ReductionTerms *terms = &work->terms;                                                          \
    if (work->gone.rank == 1) {                                                                          \
      name##_rows(work, begin, end);                                                                     \
      return;                                                                                            \
    }                                                                                                    \
    long position[FLAMBEAU_MAX_RANK];                                                                    \
    long offset = dims_seek(&work->kept, 0, begin, position);                                            \
    for (long i = begin; i < end; i++) {                                                                 \
      const S *x = (const S *)work->x + offset;                                                          \
      A total = name##_total(                                                                            \
          &work->gone, x, centers_from(terms, i), 0, work->gone.count);                                  \
      ((R *)work->y)[i] = STORE(total, terms);                                                           \
      offset = dims_next(&work->kept, 0, position, offset);                                              \
    }                                                                                                    \
  }                                                                                                      \
  typedef struct {                                                                                       \
    const Work *work;                                                                                    \
    long parts;                                                                                          \
    A totals[FLAMBEAU_MAX_PARTS];                                                                        \
  } name##_Parts;                                                                                        \
  static void name##_some_parts(void *context, long begin, long end) {                                   \
    name##_Parts *parts = context;                                                                       \
    const Work *work = parts->work;                                                                      \
    for (long k = begin; k < end; k++) {                                                                 \
      long count = work->gone.count;                                                                     \
      parts->totals[k] = name##_total(                                                                   \
          &work->gone, work->x, work->terms.centers, count * k / parts->parts,                           \
          count * (k + 1) / parts->parts);                                                               \
    }                                                                                                    \
  }                                                                                                      \
  static void name##_some_blocks(void *context, long begin, long end) {                                  \
    const Work *work = context;                                                                          \
    const Dims *kept = &work->kept, *gone = &work->gone;                                                 \
    long m = kept->shape[kept->rank - 1], stride = kept->strides[kept->rank - 1];                        \
    long blocks = (m + BLOCK - 1) / BLOCK;                                                               \
    for (long block = begin; block < end; block++) {                                                     \
      long position[FLAMBEAU_MAX_RANK], start = block % blocks * BLOCK;                                  \
      long width = m - start < BLOCK ? m - start : BLOCK;                                                \
      long result = block / blocks * m + start;                                                          \
      const S *x = (const S *)work->x + dims_seek(kept, 1, block / blocks, position) +                   \
                   start * stride;                                                                       \
      static const double zeros[BLOCK];                                                                  \
      const double *centers = centers_from(&work->terms, result);                                        \
      if (!centers) centers = zeros;                                                                     \
      A totals[BLOCK];                                                                                   \
      for (long j = 0; j < width; j++) {                                                                 \
        totals[j] = FIRST((A)ELEMENT(x[j * stride], centers[j]));                                        \
      }                                                                                                  \
      long offset = dims_seek(gone, 0, 0, position), row = 0;                                            \
      if (gone->rank == 1 && stride == 1) {                                                              \
        for (; row + 8 <= gone->count; row += 8) {                                                       \
          name##_eight_rows(width, totals, x + offset, gone->strides[0], centers);                       \
          offset += 8 * gone->strides[0];                                                                \
        }                                                                                                \
        position[0] = row;                                                                               \
      }                                                                                                  \
      for (; row < gone->count; row++) {                                                                 \
        name##_columns(width, totals, x + offset, stride, centers);                                      \
        offset = dims_next(gone, 0, position, offset);                                                   \
      }                                                                                                  \
      R *y = (R *)work->y + result;                                                                      \
      for (long j = 0; j < width; j++) y[j] = STORE(totals[j], &work->terms);                            \
    }                                                                                                    \
  }                                                                                                      \
  static void name(Work *work) {                                                                         \
    const Dims *kept = &work->kept, *gone = &work->gone;                                                 \
    bool by_columns = kept->rank && gone->rank &&                                                        \
                      labs(kept->strides[kept->rank - 1]) < labs(gone->strides[gone->rank - 1]);         \
    if (by_columns) {                                                                                    \
      long m = kept->shape[kept->rank - 1], blocks = (m + BLOCK - 1) / BLOCK;                            \
      long elements = (m < BLOCK ? m : BLOCK) * gone->count;                                             \
      flambeau_parallel(kept->count / m * blocks, LOOPS_GRAIN / elements + 1, name##_some_blocks, work); \
    } else if (kept->count == 1 && gone->count >= 2 * LOOPS_GRAIN) {                                     \
      name##_Parts parts = {.work = work, .parts = flambeau_parts_of_total(gone->count)};                \
      flambeau_parallel(parts.parts, 1, name##_some_parts, &parts);                                      \
      A total = parts.totals[0];                                                                         \
      for (long k = 1; k < parts.parts; k++) JOIN(total, parts.totals[k]);                               \
      *(R *)work->y = STORE(total, &work->terms);                                                        \
    } else {                                                                                             \
      flambeau_parallel(kept->count, LOOPS_GRAIN / gone->count + 1, name##_totals, work);                \
    }                                                                                                    \
  }                                                                                                      \
  /* At the end of a chain that is postponed. */                                                         \
  VECTORIZED static void name##_add(void *total, bool begins, long n, const void *x) {                   \
    A *sum = total;                                                                                      \
    if (begins) *sum = FIRST((A)ELEMENT(*(const S *)x, 0));                                              \
    *sum = name##_block(n, *sum, (const S *)x, 1, 0);                                                    \
  }                                                                                                      \
  static void name##_join(void *total, const void *other) {                                              \
    JOIN(*(A *)total, *(const A *)other);                                                                \
  }                                                                                                      \
  static void name##_store(                                                                              \
      void *y, long index, const void *total, const ReductionTerms *terms) {                             \
    ((R *)y)[index] = STORE(*(const A *)total, terms);                                                   \
  }                                                                                                      \
  static const RowReduction name##_of_rows = {name##_add, name##_join, name##_store, sizeof(R)};

// The initial values: constants for totals, the first element for selections.
#define FIRST_0(x) 0
#define FIRST_1(x) 1
#define ITSELF(x) x
// Unmodified elements of a dtype, and results in it.
#define ITEMS(dtype, S, C, ...)                                                            \
  static inline C item_##dtype(S x, double center) { return FLAMBEAU_LOAD_##dtype(x); }    \
  static inline S stored_##dtype(C x, const ReductionTerms *terms) {                       \
    return FLAMBEAU_STORE_##dtype(x);                                                      \
  }                                                                                        \
  static inline S finished_##dtype(double x, const ReductionTerms *terms) {                \
    return FLAMBEAU_STORE_##dtype(finished(x, terms));                                     \
  }
FLAMBEAU_DTYPES(ITEMS)

#define EXTREMES(dtype, S, C, ...)                                                        \
  EXTREME_BLOCK(maximum_##dtype, FLAMBEAU_LOAD_##dtype, S, C, FLAMBEAU_LARGER, >)         \
  REDUCTION(                                                                              \
      maximum_##dtype, item_##dtype, stored_##dtype, S, S, C, FLAMBEAU_LARGER, ITSELF)    \
  EXTREME_BLOCK(minimum_##dtype, FLAMBEAU_LOAD_##dtype, S, C, FLAMBEAU_SMALLER, <)        \
  REDUCTION(                                                                              \
      minimum_##dtype, item_##dtype, stored_##dtype, S, S, C, FLAMBEAU_SMALLER, ITSELF)
FLAMBEAU_DTYPES(EXTREMES)

// The totals of the table, for each dtype.
#define RESULT_own(S) S
#define RESULT_wide(S) double
#define FINISHED_own(dtype) finished_##dtype
#define FINISHED_wide(dtype) finished_float64
#define TOTAL_OF(dtype, S, C, name, element, JOIN, START, result)                         \
  static inline double name##_of_##dtype(S value, double c) {                             \
    double x = FLAMBEAU_LOAD_##dtype(value);                                              \
    return element;                                                                       \
  }                                                                                       \
  TOTAL_BLOCK(name##_##dtype, name##_of_##dtype, S, double, double, JOIN)                 \
  REDUCTION(                                                                              \
      name##_##dtype, name##_of_##dtype, FINISHED_##result(dtype), S, RESULT_##result(S), \
      double, JOIN, FIRST_##START)
#define WHOLES_int64(name, JOIN, START)                                                 \
  TOTAL_BLOCK(name##_int64, item_int64, int64_t, int64_t, int64_t, JOIN)                \
  REDUCTION(                                                                            \
      name##_int64, item_int64, stored_int64, int64_t, int64_t, int64_t, JOIN, FIRST_##START)
#define WHOLES_none(name, JOIN, START)
#define TOTAL(name, element, JOIN, START, result, wholes)                                  \
  FLAMBEAU_FLOAT_DTYPES(TOTAL_OF, name, element, JOIN, START, result)                      \
  WHOLES_##wholes(name, JOIN, START)
FLAMBEAU_TOTALS(TOTAL)

// Sums add four elements at a time in their compute type: the rounding of so few additions does not add up.
#define QUICK_SUM(dtype, S, C, ...)                                          \
  TOTAL_BLOCK(quick_sum_##dtype, sum_of_##dtype, S, C, double, FLAMBEAU_ADD) \
  REDUCTION(                                                                 \
      quick_sum_##dtype, sum_of_##dtype, finished_##dtype, S, S, double, FLAMBEAU_ADD, FIRST_0)
FLAMBEAU_FLOAT_DTYPES(QUICK_SUM)

// Squares for norms, which have no centers. Those of halves and of float32 are exact in double, so that instructions
// that multiply and add at once change nothing.
#pragma clang fp contract(fast)
#define QUICK_SQUARES(dtype, S, C, ...)                                                                  \
  static inline double square_of_##dtype(S value, double center) {                                       \
    double x = FLAMBEAU_LOAD_##dtype(value);                                                             \
    return x * x;                                                                                        \
  }                                                                                                      \
  TOTAL_BLOCK(quick_squares_##dtype, square_of_##dtype, S, double, double, FLAMBEAU_ADD)                 \
  REDUCTION(                                                                                             \
      quick_squares_##dtype, square_of_##dtype, finished_##dtype, S, S, double, FLAMBEAU_ADD, FIRST_0)
QUICK_SQUARES(bfloat16, bfloat16_t, float)
QUICK_SQUARES(float16, _Float16, float)
QUICK_SQUARES(float32, float, float)
#pragma clang fp contract(on)

// The index of the first largest or smallest element, or of the first NaN, over one dim.
#define INDEX_OF(name, extreme_of, LOAD, S, C, BETTER)                                            \
  static void name##_some(void *context, long begin, long end) {                                  \
    const Work *work = context;                                                                   \
    const Dims *gone = &work->gone;                                                               \
    long position[FLAMBEAU_MAX_RANK], stride = gone->rank ? gone->strides[0] : 1;                 \
    long offset = dims_seek(&work->kept, 0, begin, position);                                     \
    for (long i = begin; i < end; i++) {                                                          \
      const S *x = (const S *)work->x + offset;                                                   \
      long place = 0;                                                                             \
      C best = LOAD(x[0]);                                                                        \
      if (stride == 1) {                                                                          \
        /* Two passes, of which the first is vectorized. */                                       \
        best = extreme_of(gone, x, NULL, 0, gone->count);                                         \
        while (best == best ? LOAD(x[place]) != best : LOAD(x[place]) == LOAD(x[place])) place++; \
      }                                                                                           \
      for (long j = 1; stride != 1 && j < gone->count && best == best; j++) {                     \
        C candidate = LOAD(x[j * stride]);                                                        \
        if (candidate BETTER best || candidate != candidate) {                                    \
          best = candidate;                                                                       \
          place = j;                                                                              \
        }                                                                                         \
      }                                                                                           \
      ((int64_t *)work->y)[i] = place;                                                            \
      offset = dims_next(&work->kept, 0, position, offset);                                       \
    }                                                                                             \
  }                                                                                               \
  static void name(Work *work) {                                                                  \
    flambeau_parallel(work->kept.count, LOOPS_GRAIN / work->gone.count + 1, name##_some, work);   \
  }
#define INDICES(dtype, S, C, ...)                                                        \
  INDEX_OF(                                                                              \
      index_of_maximum_##dtype, maximum_##dtype##_total, FLAMBEAU_LOAD_##dtype, S, C, >) \
  INDEX_OF(index_of_minimum_##dtype, minimum_##dtype##_total, FLAMBEAU_LOAD_##dtype, S, C, <)
FLAMBEAU_DTYPES(INDICES)

typedef struct {
  void (*reduce)(Work *work);
  const RowReduction *rows;
} Reducer;

// Sums and products of other integers and of bool are computed in int64, after a conversion.
static const Reducer reducers[][FLAMBEAU_DTYPE_COUNT] = {
#define X(dtype, S, C, name) [DType_##dtype] = {name##_##dtype, &name##_##dtype##_of_rows},
#define ENTRY_int64(name) X(int64, , , name)
#define ENTRY_none(name)
#define ENTRY(name, element, JOIN, START, result, wholes)                                  \
  [Reduction_##name] = {ENTRY_##wholes(name) FLAMBEAU_FLOAT_DTYPES(X, name)},
    FLAMBEAU_TOTALS(ENTRY)
    [Reduction_maximum] = {FLAMBEAU_DTYPES(X, maximum)},
    [Reduction_minimum] = {FLAMBEAU_DTYPES(X, minimum)},
#define INDEX_ENTRY(dtype, S, C, name) [DType_##dtype] = {name##_##dtype, NULL},
    [Reduction_indexOfMaximum] = {FLAMBEAU_DTYPES(INDEX_ENTRY, index_of_maximum)},
    [Reduction_indexOfMinimum] = {FLAMBEAU_DTYPES(INDEX_ENTRY, index_of_minimum)},
};

static const Reducer quick_sums[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_FLOAT_DTYPES(X, quick_sum)};
static const Reducer quick_squares[FLAMBEAU_DTYPE_COUNT] = {
    X(bfloat16, , , quick_squares) X(float16, , , quick_squares) X(float32, , , quick_squares)};
#undef X

static const Reducer *reducer_of(Reduction op, DType dtype, const ReductionTerms *terms) {
  if (op == Reduction_sum && quick_sums[dtype].reduce) return &quick_sums[dtype];
  if (op == Reduction_squares && !terms->centers && quick_squares[dtype].reduce) {
    return &quick_squares[dtype];
  }
  const Reducer *reducer = &reducers[op][dtype];
  if (!reducer->reduce) flambeau_stop_without_kernel(flambeau_reduction_name(op), dtype);
  return reducer;
}

// Whether each result is that of the elements that follow each other.
static bool are_rows(const Work *work) {
  const Dims *kept = &work->kept, *gone = &work->gone;
  return gone->rank == 1 && gone->strides[0] == 1 &&
         (kept->rank == 0 || (kept->rank == 1 && kept->strides[0] == gone->count));
}

static bool sums_short_rows(const Work *work, DType dtype) {
  const Dims *kept = &work->kept, *gone = &work->gone;
  return kept->rank == 1 && gone->rank == 1 && gone->strides[0] == 1 &&
         gone->count <= FLAMBEAU_SHORT_ROW &&
         flambeau_sum_short_rows(
             dtype, &work->terms, kept->count, gone->count, kept->strides[0], work->y, work->x);
}

long flambeau_parts_of_total(long n) {
  long parts = n / LOOPS_GRAIN;
  return parts < 2 ? 1 : parts > FLAMBEAU_MAX_PARTS ? FLAMBEAU_MAX_PARTS : parts;
}

void flambeau_reduce(
    Reduction op, ReductionTerms terms, DType dtype, long rank, const long *shape,
    const bool *reduced, void *y, const void *x, const long *x_strides) {
  Work work = {.kept = {.count = 1}, .gone = {.count = 1}, .y = y, .x = x, .terms = terms};
  for (long dim = 0; dim < rank; dim++) {
    dims_add(reduced[dim] ? &work.gone : &work.kept, shape[dim], x_strides[dim]);
  }
  const Reducer *reducer = reducer_of(op, dtype, &terms);
  if (flambeau_fusion.may_postpone) {
    const RowReduction *rows = are_rows(&work) ? reducer->rows : NULL;
    long size = flambeau_dtype_size(dtype);
    if (postpones_reduction(rows, &terms, work.kept.count, work.gone.count, y, x, size)) return;
  }
  if (work.kept.count == 0 || work.gone.count == 0) return;
  if (reducer == &quick_sums[dtype] && sums_short_rows(&work, dtype)) return;
  reducer->reduce(&work);
}
