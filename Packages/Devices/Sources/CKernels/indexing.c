// Gather and scatter.

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/parallel.h"
#include "loops.h"
#include "vectorized.h"

// The indexed operand: its stride along dim is set to 0 in the loops, and multiplies the indices instead.
typedef struct {
  long size;
  long stride;
  /// The indices that a thread stores whole rows at, if it leaves the others to other threads.
  long first, owned;
  atomic_bool failed;
  int64_t invalid;
} Indexing;

// Records an index that is out of range.
static void fail(Indexing *indexing, int64_t index) {
  if (!atomic_exchange(&indexing->failed, true)) indexing->invalid = index;
}

enum {
  /// The number of indices that are checked before they are used.
  CHECKED = 1024,
  FEW_THREADS = 4,
};

VECTORIZED static bool are_below(long size, long n, const int64_t *index, long step) {
  bool result = true;
  if (step == 1) {
    INDEPENDENT for (long i = 0; i < n; i++) result &= (uint64_t)index[i] < (uint64_t)size;
  } else {
    for (long i = 0; i < n; i++) result &= (uint64_t)index[i * step] < (uint64_t)size;
  }
  return result;
}

static bool are_valid(Indexing *indexing, long n, const int64_t *index, long step) {
  if (are_below(indexing->size, n, index, step)) return true;
  long i = 0;
  while (index[i * step] >= 0 && index[i * step] < indexing->size) i++;
  fail(indexing, index[i * step]);
  return false;
}

// On some processors, vector instructions load elements by index more slowly than scalar ones do.
#define ONE_BY_ONE _Pragma("clang loop vectorize(disable) unroll_count(8)")

// Rows of y = x[index], for elements of one size. A single index for a whole contiguous row is a memcpy.
#define GATHER_ROW(T)                                                                      \
  VECTORIZED static void gather_##T(                                                       \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    Indexing *indexing = loops->context;                                                   \
    T *y = (T *)pointers[0];                                                               \
    const int64_t *index = (const int64_t *)pointers[1];                                   \
    const T *x = (const T *)pointers[2];                                                   \
    long sy = strides[0], si = strides[1], sx = strides[2], stride = indexing->stride;     \
    if (si == 0 && sy == 1 && sx == 1) {                                                   \
      if (are_valid(indexing, 1, index, 0)) memcpy(y, x + *index * stride, n * sizeof(T)); \
      return;                                                                              \
    }                                                                                      \
    for (long start = 0; start < n; start += CHECKED) {                                    \
      long count = n - start < CHECKED ? n - start : CHECKED;                              \
      if (!are_valid(indexing, count, index, si)) return;                                  \
      if (sy == 1 && si == 1 && sx == 0 && stride == 1) {                                  \
        ONE_BY_ONE for (long i = 0; i < count; i++) y[i] = x[index[i]];                    \
      } else {                                                                             \
        for (long i = 0; i < count; i++) y[i * sy] = x[index[i * si] * stride + i * sx];   \
      }                                                                                    \
      y += count * sy;                                                                     \
      index += count * si;                                                                 \
      x += count * sx;                                                                     \
    }                                                                                      \
  }

// Rows of y[index] += x, or y[index] = x.
#define SCATTER_ROW(name, T, EXPRESSION)                                                   \
  VECTORIZED static void name(                                                             \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    Indexing *indexing = loops->context;                                                   \
    T *y = (T *)pointers[0];                                                               \
    const int64_t *index = (const int64_t *)pointers[1];                                   \
    const T *x = (const T *)pointers[2];                                                   \
    long sy = strides[0], si = strides[1], sx = strides[2];                                \
    long size = indexing->size, stride = indexing->stride;                                 \
    if (si == 0 && sy == 1 && sx == 1) {                                                   \
      if (!are_valid(indexing, 1, index, 0)) return;                                       \
      if ((uint64_t)(*index - indexing->first) >= (uint64_t)indexing->owned) return;       \
      y += *index * stride;                                                                \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T *place = &y[i];                                                                  \
        *place = EXPRESSION(*place, x[i]);                                                 \
      }                                                                                    \
      return;                                                                              \
    }                                                                                      \
    for (long i = 0; i < n; i++) {                                                         \
      int64_t here = index[i * si];                                                        \
      if ((uint64_t)here >= (uint64_t)size) return fail(indexing, here);                   \
      T *place = &y[here * stride + i * sy];                                               \
      *place = EXPRESSION(*place, x[i * sx]);                                              \
    }                                                                                      \
  }
#define SECOND(old, new) (new)
#define COPY_ROWS(T)                                                                       \
  GATHER_ROW(T)                                                                            \
  SCATTER_ROW(scatter_##T, T, SECOND)
COPY_ROWS(uint8_t)
COPY_ROWS(uint16_t)
COPY_ROWS(uint32_t)
COPY_ROWS(uint64_t)

#define ADD_ROW(dtype, T, ...)                                                             \
  static inline T sum_##dtype(T a, T b) {                                                  \
    return FLAMBEAU_STORE_##dtype(FLAMBEAU_LOAD_##dtype(a) + FLAMBEAU_LOAD_##dtype(b));    \
  }                                                                                        \
  SCATTER_ROW(scatter_add_##dtype, T, sum_##dtype)
FLAMBEAU_DTYPES(ADD_ROW)

#define ROW_ENTRY(dtype, T, C, name) [DType_##dtype] = name##_##dtype,
static const Row scatter_add_rows[FLAMBEAU_DTYPE_COUNT] = {
    FLAMBEAU_DTYPES(ROW_ENTRY, scatter_add)};
#define IS_EXACT(dtype, ...) [DType_##dtype] = true,
static const bool adds_exactly[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_INTEGRAL_DTYPES(IS_EXACT)};
// By the size of the elements.
static const Row gather_rows[] = {
    [1] = gather_uint8_t, [2] = gather_uint16_t, [4] = gather_uint32_t, [8] = gather_uint64_t};
static const Row scatter_rows[] = {
    [1] = scatter_uint8_t, [2] = scatter_uint16_t, [4] = scatter_uint32_t, [8] = scatter_uint64_t};

// Operands 0, y, 1, the index, and 2, x.
typedef struct {
  Row row;
  /// Which of the operands y and x the indices select elements of.
  int indexed;
  Indexing indexing;
  long rank, dim, split;
  const long *shape;
  char *const *pointers;
  const long *strides[3];
  const long *item_sizes;
  /// The sums of each thread's part of the elements, if they are added up later.
  char *sums;
  long part;
} Work;

// The elements whose index in the split dim is from begin to end; all of them if none is split.
static void run_part(Work *work, long begin, long end, bool parallel) {
  long shape[FLAMBEAU_MAX_RANK], walk[FLAMBEAU_MAX_RANK];
  memcpy(shape, work->shape, work->rank * sizeof(long));
  memcpy(walk, work->strides[work->indexed], work->rank * sizeof(long));
  walk[work->dim] = 0;
  const long *strides[3] = {work->strides[0], work->strides[1], work->strides[2]};
  strides[work->indexed] = walk;
  char *pointers[3];
  for (int k = 0; k < 3; k++) {
    long offset = work->split < 0 ? 0 : begin * strides[k][work->split];
    pointers[k] = work->pointers[k] + offset * work->item_sizes[k];
  }
  if (work->split >= 0) shape[work->split] = end - begin;
  if (work->sums) pointers[0] = work->sums + begin / work->part * work->indexing.size * work->item_sizes[0];
  Loops loops;
  loops.row = work->row;
  loops.context = &work->indexing;
  loops_prepare(&loops, 3, work->rank, shape, pointers, strides, work->item_sizes);
  loops_run(&loops, parallel);
}

static void scatter_part(void *work, long begin, long end) { run_part(work, begin, end, false); }

// All elements, of which those at the indices from begin to end are stored.
static void scatter_rows_at(void *context, long begin, long end) {
  Work *work = context, part = *work;
  part.split = -1;
  part.indexing.first = begin;
  part.indexing.owned = end - begin;
  run_part(&part, 0, 0, false);
  if (part.indexing.failed) fail(&work->indexing, part.indexing.invalid);
}

// Whether single indices select whole contiguous rows.
static bool is_of_rows(const Work *work) {
  long last = work->rank - 1;
  return work->split == last && work->strides[0][last] == 1 && work->strides[1][last] == 0 &&
         work->strides[2][last] == 1;
}

static long count_of(const Work *work) {
  long count = 1;
  for (long dim = 0; dim < work->rank; dim++) count *= work->shape[dim];
  return count;
}

// Threads must not write the same elements, so they share another dim than the indexed one: the longest.
static void choose_split(Work *work) {
  work->split = -1;
  for (long dim = 0; dim < work->rank; dim++) {
    bool writes_apart = dim != work->dim && work->strides[0][dim] != 0;
    long longest = work->split < 0 ? 1 : work->shape[work->split];
    if (writes_apart && work->shape[dim] > longest) work->split = dim;
  }
}

// If there is only the indexed dim, each thread may sum up a part of the elements by itself, provided that the order of
// additions does not matter; then all sums are added up. Returns false if there is no memory.
static bool add_in_parts(Work *work, long count) {
  long threads = flambeau_thread_count(), size = work->indexing.size;
  Work parts = *work;
  parts.split = work->dim;
  parts.part = (count + threads - 1) / threads;
  parts.sums = calloc(threads * size, work->item_sizes[0]);
  if (!parts.sums) return false;
  parts.indexing.stride = 1;
  flambeau_parallel_in_parts(count, parts.part, scatter_part, &parts);
  work->indexing.failed = parts.indexing.failed;
  work->indexing.invalid = parts.indexing.invalid;
  // A row that is added at the index 0.
  Loops whole = {.context = &(Indexing){.size = 1, .owned = 1}};
  static const int64_t zero = 0;
  for (long k = 0; k < threads; k++) {
    char *sums = parts.sums + k * size * work->item_sizes[0];
    work->row(
        &whole, size, (char *const[]){work->pointers[0], (char *)&zero, sums},
        (const long[]){work->strides[0][work->dim], 0, 1});
  }
  free(parts.sums);
  return true;
}

static bool run(Work *work, int64_t *invalid, bool adds_exactly) {
  long count = count_of(work), threads = flambeau_thread_count();
  choose_split(work);
  if (work->indexed == 2) {
    work->split = -1;
    run_part(work, 0, 0, true);
  } else if (count <= LOOPS_GRAIN || threads < 2) {
    run_part(work, 0, work->split < 0 ? 0 : work->shape[work->split], false);
  } else if (work->split < 0) {
    long size = work->indexing.size;
    bool is_alone = adds_exactly && work->shape[work->dim] == count && count / (4 * threads) > size;
    if (!is_alone || !add_in_parts(work, count)) run_part(work, 0, 0, false);
  } else if (is_of_rows(work)) {
    // Of x, each thread reads only some rows, which takes several times as long as reading all in order: processors
    // cannot foresee them. So few threads do not pay off.
    long size = work->indexing.size, parts = threads < FEW_THREADS ? 1 : threads;
    flambeau_parallel_in_parts(size, (size + parts - 1) / parts, scatter_rows_at, work);
  } else {
    // Parts as wide as the cache lines that only one thread should write.
    long length = work->shape[work->split], part = (length + threads - 1) / threads;
    flambeau_parallel_in_parts(length, (part + 15) / 16 * 16, scatter_part, work);
  }
  *invalid = work->indexing.invalid;
  return !work->indexing.failed;
}

bool flambeau_gather(
    DType dtype, long rank, const long *shape, long dim, long size,
    void *y, const long *y_strides, const int64_t *index, const long *index_strides,
    const void *x, const long *x_strides, int64_t *invalid) {
  long item = flambeau_dtype_size(dtype);
  Work work = {
      .row = gather_rows[item], .indexed = 2, .indexing = {.size = size, .stride = x_strides[dim]},
      .rank = rank, .dim = dim, .shape = shape,
      .pointers = (char *const[]){y, (char *)index, (char *)x},
      .strides = {y_strides, index_strides, x_strides},
      .item_sizes = (const long[]){item, sizeof(int64_t), item}};
  return run(&work, invalid, false);
}

bool flambeau_scatter(
    bool adding, DType dtype, long rank, const long *shape, long dim, long size,
    void *y, const long *y_strides, const int64_t *index, const long *index_strides,
    const void *x, const long *x_strides, int64_t *invalid) {
  long item = flambeau_dtype_size(dtype);
  Work work = {
      .row = adding ? scatter_add_rows[dtype] : scatter_rows[item], .indexed = 0,
      .indexing = {.size = size, .stride = y_strides[dim], .owned = size}, .rank = rank, .dim = dim,
      .shape = shape, .pointers = (char *const[]){y, (char *)index, (char *)x},
      .strides = {y_strides, index_strides, x_strides},
      .item_sizes = (const long[]){item, sizeof(int64_t), item}};
  return run(&work, invalid, adding && adds_exactly[dtype]);
}
