// Gather and scatter.

#include <string.h>

#include "loops.h"

// The indexed operand: its stride along dim is set to 0 in the loops, and multiplies the indices instead.
typedef struct {
  long size;
  long stride;
  bool failed;
  int64_t invalid;
} Indexing;

// The offset of an index, in elements; if it is out of range, 0, and the first such index is recorded.
static inline long resolve(Indexing *indexing, int64_t index) {
  if (index >= 0 && index < indexing->size) return index * indexing->stride;
  if (!indexing->failed) {
    indexing->failed = true;
    indexing->invalid = index;
  }
  return 0;
}

// Rows of y = x[index]. A single index for a whole contiguous row is a memcpy.
#define GATHER_ROW(dtype, T, ...)                                                          \
  static void gather_##dtype(                                                              \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    Indexing *indexing = loops->context;                                                   \
    T *y = (T *)pointers[0];                                                               \
    const int64_t *index = (const int64_t *)pointers[1];                                   \
    const T *x = (const T *)pointers[2];                                                   \
    long sy = strides[0], si = strides[1], sx = strides[2];                                \
    if (indexing->size == 0) {                                                             \
      resolve(indexing, *index);                                                           \
    } else if (si == 0 && sy == 1 && sx == 1) {                                            \
      memcpy(y, x + resolve(indexing, *index), n * sizeof(T));                             \
    } else {                                                                               \
      for (long i = 0; i < n; i++) y[i * sy] = x[resolve(indexing, index[i * si]) + i * sx]; \
    }                                                                                      \
  }

// Rows of y[index] += x, or y[index] = x.
#define SCATTER_ROW(name, T, EXPRESSION)                                                   \
  static void name(                                                                        \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    Indexing *indexing = loops->context;                                                   \
    T *y = (T *)pointers[0];                                                               \
    const int64_t *index = (const int64_t *)pointers[1];                                   \
    const T *x = (const T *)pointers[2];                                                   \
    long sy = strides[0], si = strides[1], sx = strides[2];                                \
    for (long i = 0; i < n; i++) {                                                         \
      long offset = resolve(indexing, index[i * si]);                                      \
      if (indexing->failed) return;                                                        \
      T *place = &y[offset + i * sy];                                                      \
      *place = EXPRESSION;                                                                 \
    }                                                                                      \
  }
#define SCATTER_ROWS(dtype, T, ...)                                                        \
  SCATTER_ROW(                                                                             \
      scatter_add_##dtype, T,                                                              \
      FLAMBEAU_STORE_##dtype(FLAMBEAU_LOAD_##dtype(*place) + FLAMBEAU_LOAD_##dtype(x[i * sx]))) \
  SCATTER_ROW(scatter_##dtype, T, x[i * sx])

FLAMBEAU_DTYPES(GATHER_ROW)
FLAMBEAU_DTYPES(SCATTER_ROWS)

#define ROW_ENTRY(dtype, T, C, name) [DType_##dtype] = name##_##dtype,
static const Row gather_rows[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_DTYPES(ROW_ENTRY, gather)};
static const Row scatter_rows[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_DTYPES(ROW_ENTRY, scatter)};
static const Row scatter_add_rows[FLAMBEAU_DTYPE_COUNT] = {
    FLAMBEAU_DTYPES(ROW_ENTRY, scatter_add)};

// `indexed` is the one of the three operands that the indices select elements of.
static bool run(
    Row row, int indexed, long rank, const long *shape, long dim, long size,
    char *const pointers[], const long *const strides[], const long item_sizes[],
    int64_t *invalid) {
  Indexing indexing = {.size = size, .stride = strides[indexed][dim]};
  long walk[FLAMBEAU_MAX_RANK];
  memcpy(walk, strides[indexed], rank * sizeof(long));
  walk[dim] = 0;
  const long *all[MAX_OPERANDS] = {strides[0], strides[1], strides[2]};
  all[indexed] = walk;
  Loops loops;
  loops.row = row;
  loops.context = &indexing;
  loops_prepare(&loops, 3, rank, shape, pointers, all, item_sizes);
  loops_run(&loops, false);
  *invalid = indexing.invalid;
  return !indexing.failed;
}

bool flambeau_gather(
    DType dtype, long rank, const long *shape, long dim, long size,
    void *y, const long *y_strides, const int64_t *index, const long *index_strides,
    const void *x, const long *x_strides, int64_t *invalid) {
  long item = flambeau_dtype_size(dtype);
  return run(
      gather_rows[dtype], 2, rank, shape, dim, size, (char *const[]){y, (char *)index, (char *)x},
      (const long *const[]){y_strides, index_strides, x_strides},
      (const long[]){item, sizeof(int64_t), item}, invalid);
}

bool flambeau_scatter(
    bool adding, DType dtype, long rank, const long *shape, long dim, long size,
    void *y, const long *y_strides, const int64_t *index, const long *index_strides,
    const void *x, const long *x_strides, int64_t *invalid) {
  long item = flambeau_dtype_size(dtype);
  return run(
      (adding ? scatter_add_rows : scatter_rows)[dtype], 0, rank, shape, dim, size, (char *const[]){y, (char *)index, (char *)x},
      (const long *const[]){y_strides, index_strides, x_strides},
      (const long[]){item, sizeof(int64_t), item}, invalid);
}
