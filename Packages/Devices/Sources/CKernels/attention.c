// softmax(q·kᵀ·scale + mask)·v in blocks of queries and keys, so that the scores never leave the
// cache (FlashAttention; Dao et al., 2022 and 2023).

#include <stdlib.h>
#include <string.h>

#include "functions.h"
#include "include/attention.h"
#include "include/parallel.h"
#include "vectorized.h"

enum {
  /// The most queries and keys of a block, whose scores fit into the second-level cache.
  QUERIES = 64,
  KEYS = 256,
};

/// Copies rows to dense ones of the compute type, padded with zeros.
typedef void Load(
    long rows, long width, const void *x, long row, long column, void *y, long padded);
typedef void Store(long rows, long width, void *y, long row, const void *x, long padded);

typedef struct {
  char *start;
  /// The strides of the dims of the batch, of rows and of columns, in elements.
  const long *batch;
  long row, column;
  /// The size of an element.
  long size;
  Load *load;
  Store *store;
} Operand;

typedef struct {
  DType dtype;
  AttentionSizes sizes;
  const long *shape;
  /// The width of queries and keys, and that of values, padded.
  long deep, wide;
  Operand q, k, v, mask, y, gradient, dq, dk, dv;
  void *totals;
  /// The number of blocks of queries, and of queries in each.
  long blocks, block;
  /// The number of items that the queries of one index of the batch are divided into in backward,
  /// and the sums of all items.
  long shares;
  void *sums;
} Work;

static char *row_of(const Work *work, const Operand *x, long part, long row) {
  long place = row * x->row;
  for (long dim = work->sizes.rank - 1; dim >= 0; dim--) {
    place += part % work->shape[dim] * x->batch[dim];
    part /= work->shape[dim];
  }
  return x->start + place * x->size;
}

/// The number of queries of the block that starts at `first`.
static long queries_from(const Work *work, long first) {
  long rest = work->sizes.rows - first;
  return rest < work->block ? rest : work->block;
}

/// The end of the keys that the queries before `end` may attend to.
static long end_of_keys(const Work *work, long end) {
  return work->sizes.is_causal && end < work->sizes.keys ? end : work->sizes.keys;
}

#define LOAD_ROWS(name, S, T, LOAD)                                                        \
  VECTORIZED static void name(                                                             \
      long rows, long width, const void *from, long row, long column, void *to, long padded) { \
    const S *x = from;                                                                     \
    T *y = to;                                                                             \
    for (long i = 0; i < rows; i++, x += row, y += padded) {                               \
      if (column == 1) {                                                                   \
        INDEPENDENT for (long j = 0; j < width; j++) y[j] = LOAD(x[j]);                    \
      } else {                                                                             \
        for (long j = 0; j < width; j++) y[j] = LOAD(x[j * column]);                       \
      }                                                                                    \
      for (long j = width; j < padded; j++) y[j] = 0;                                      \
    }                                                                                      \
  }
#define CONVERT(dtype, S, T, ...)                                                             \
  LOAD_ROWS(load_##dtype, S, T, FLAMBEAU_LOAD_##dtype)                                     \
  VECTORIZED static void store_##dtype(                                                    \
      long rows, long width, void *to, long row, const void *from, long padded) {          \
    S *y = to;                                                                             \
    const T *x = from;                                                                     \
    for (long i = 0; i < rows; i++, x += padded, y += row) {                               \
      INDEPENDENT for (long j = 0; j < width; j++) y[j] = FLAMBEAU_STORE_##dtype(x[j]);    \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(CONVERT)

#define VISIBLE(x) ((x) ? 0 : -INFINITY)
LOAD_ROWS(load_visible_float, bool, float, VISIBLE)
LOAD_ROWS(load_visible_double, bool, double, VISIBLE)

#define T float
#define NAME(name) name##_float
enum { DType_float = DType_float32, DType_double = DType_float64 };
#include "attention_blocks.h"
#undef T
#undef NAME
#define T double
#define NAME(name) name##_double
#include "attention_blocks.h"
#undef T
#undef NAME

static Operand operand(const Work *work, DType dtype, const void *start, const long *strides) {
#define X(dtype, ...) [DType_##dtype] = load_##dtype,
  static Load *const loads[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_FLOAT_DTYPES(X)};
#undef X
#define X(dtype, ...) [DType_##dtype] = store_##dtype,
  static Store *const stores[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_FLOAT_DTYPES(X)};
#undef X
  long rank = work->sizes.rank;
  if (!start) return (Operand){0};
  Load *load = dtype != DType_bool               ? loads[dtype]
               : work->dtype == DType_float64 ? load_visible_double
                                              : load_visible_float;
  return (Operand){(char *)start,      strides,                    strides[rank],
                   strides[rank + 1], flambeau_dtype_size(dtype), load,
                   stores[dtype]};
}

static Work make_work(
    DType dtype, AttentionSizes sizes, const long *shape, const void *q, const long *q_strides,
    const void *k, const long *k_strides, const void *v, const long *v_strides, const void *mask,
    const long *mask_strides, const void *y, const long *y_strides, void *totals) {
  Work work = {.dtype = dtype, .sizes = sizes, .shape = shape, .totals = totals};
  work.q = operand(&work, dtype, q, q_strides);
  work.k = operand(&work, dtype, k, k_strides);
  work.v = operand(&work, dtype, v, v_strides);
  work.mask = operand(&work, sizes.mask_is_bool ? DType_bool : dtype, mask, mask_strides);
  if (!work.q.load) flambeau_stop_without_kernel("attention", dtype);
  bool is_double = dtype == DType_float64;
  work.y = operand(&work, is_double ? DType_float64 : DType_float32, y, y_strides);
  work.deep = is_double ? padded_double(sizes.width) : padded_float(sizes.width);
  work.wide = is_double ? padded_double(sizes.value_width) : padded_float(sizes.value_width);
  // With a causal mask, smaller blocks waste less on the scores above the diagonal.
  work.block = sizes.is_causal && sizes.rows <= 4 * QUERIES ? QUERIES / 2 : QUERIES;
  work.blocks = (sizes.rows + work.block - 1) / work.block;
  return work;
}

static long batch_of(const Work *work) {
  long batch = 1;
  for (long dim = 0; dim < work->sizes.rank; dim++) batch *= work->shape[dim];
  return batch;
}

/// Runs items of so many queries each, in parts that are worth a thread's while.
static void run_items(
    const Work *work, long items, long queries, void (*body)(void *, long, long)) {
  enum { GRAIN = 1 << 18 };
  long multiplications = queries * work->sizes.keys * (work->sizes.width + work->sizes.value_width);
  flambeau_parallel_in_parts(items, GRAIN / (multiplications + 1) + 1, body, (void *)work);
}

void flambeau_attention(
    DType dtype, AttentionSizes sizes, const long *shape, void *y, const long *y_strides,
    void *totals, const void *q, const long *q_strides, const void *k, const long *k_strides,
    const void *v, const long *v_strides, const void *mask, const long *mask_strides) {
  Work work = make_work(
      dtype, sizes, shape, q, q_strides, k, k_strides, v, v_strides, mask, mask_strides, y,
      y_strides, totals);
  run_items(
      &work, batch_of(&work) * work.blocks, work.block,
      dtype == DType_float64 ? attention_double : attention_float);
}

void flambeau_attention_gradients(
    DType dtype, AttentionSizes sizes, const long *shape, void *dq, const long *dq_strides,
    void *dk, const long *dk_strides, void *dv, const long *dv_strides, const void *gradient,
    const long *gradient_strides, const void *y, const long *y_strides, const void *totals,
    const void *q, const long *q_strides, const void *k, const long *k_strides, const void *v,
    const long *v_strides, const void *mask, const long *mask_strides) {
  enum { ITEMS = 16 };
  Work work = make_work(
      dtype, sizes, shape, q, q_strides, k, k_strides, v, v_strides, mask, mask_strides, y,
      y_strides, (void *)totals);
  work.gradient = operand(&work, dtype, gradient, gradient_strides);
  work.dq = operand(&work, dtype, dq, dq_strides);
  work.dk = operand(&work, dtype, dk, dk_strides);
  work.dv = operand(&work, dtype, dv, dv_strides);
  bool is_double = dtype == DType_float64;
  // So that a small batch is shared, too; the number does not depend on that of threads.
  long batch = batch_of(&work), share = ITEMS / batch;
  work.shares = share < 1 ? 1 : share < work.blocks ? share : work.blocks;
  if (work.shares > 1) {
    long count = batch * work.shares * sizes.keys * (work.deep + work.wide);
    work.sums = malloc(count * (is_double ? sizeof(double) : sizeof(float)));
  }
  run_items(
      &work, batch * work.shares, (sizes.rows + work.shares - 1) / work.shares,
      is_double ? gradients_double : gradients_float);
  if (work.shares > 1) {
    run_items(&work, batch, work.shares, is_double ? join_double : join_float);
    free(work.sums);
  }
}
