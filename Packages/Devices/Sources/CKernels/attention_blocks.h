// Attention in blocks of queries and keys, for the compute type T; `NAME(x)` is x's name for it.
// Included once for each type. Scores have a row for each key, so that the queries of a block are
// the lanes of vectors: maxima and sums need nothing across lanes.

#include "tiles.h"

/// Rows of features in memory, padded to multiples of LANES.
typedef struct {
  const T *start;
  long stride;
} NAME(Rows);

/// What a thread works on. Rows of features are padded with zeros to multiples of LANES.
typedef struct {
  /// The rows of a block: of queries, of gradients of the result, of keys and of values.
  T *q, *g, *k, *v;
  /// The queries, scaled, and the gradients of the result, transposed: a row for each feature.
  T *queries, *gradients;
  /// Scores and then weights, and the gradients of scores; a row for each key.
  T *scores, *ds;
  /// A row for each query: the weighted values so far, or the gradients of queries.
  T *sums;
  /// A row of the mask for each query.
  T *mask;
  /// For each query the maximum score so far, Σ weights, and the factor by which the sums of earlier
  /// blocks shrink; in backward, `total` is the log-sum-exp of the scores, and `kept` Σ gradient·y.
  T best[QUERIES], total[QUERIES], kept[QUERIES];
} NAME(Blocks);

/// A step of softmax: scores become weights relative to the maximum so far.
VECTORIZED static void NAME(softmax_step)(
    long keys, long queries, T *scores, T *restrict best, T *restrict total, T *restrict kept) {
  T now[QUERIES], base[QUERIES], sum[QUERIES];
  for (long i = 0; i < queries; i++) now[i] = best[i];
  for (long k = 0; k < keys; k++) {
    const T *row = scores + k * QUERIES;
    for (long i = 0; i < queries; i++) now[i] = row[i] > now[i] ? row[i] : now[i];
  }
  for (long i = 0; i < queries; i++) {
    // A query without keys so far has weights of 0.
    base[i] = now[i] == -INFINITY ? 0 : now[i];
    kept[i] = exp_below_0(best[i] - base[i]);
    best[i] = now[i];
    sum[i] = 0;
  }
  for (long k = 0; k < keys; k++) {
    T *row = scores + k * QUERIES;
    INDEPENDENT for (long i = 0; i < queries; i++) {
      row[i] = exp_below_0(row[i] - base[i]);
      sum[i] += row[i];
    }
  }
  for (long i = 0; i < queries; i++) total[i] = total[i] * kept[i] + sum[i];
}

/// weights = exp(scores - total), and the gradients of the scores, weights·(gradients - along), where
/// ds holds the gradients of the weights.
VECTORIZED static void NAME(score_gradients)(
    long keys, long queries, T *restrict scores, T *restrict ds, const T *restrict total,
    const T *restrict along) {
  for (long k = 0; k < keys; k++) {
    T *row = scores + k * QUERIES, *gradient = ds + k * QUERIES;
    INDEPENDENT for (long i = 0; i < queries; i++) {
      T weight = exp_below_0(row[i] - total[i]);
      row[i] = weight;
      gradient[i] = weight * (gradient[i] - along[i]);
    }
  }
}

/// sums = sums·kept, row by row.
VECTORIZED static void NAME(shrink)(long queries, long width, T *sums, const T *kept) {
  for (long i = 0; i < queries; i++) {
    for (long j = 0; j < width; j++) sums[i * width + j] *= kept[i];
  }
}

VECTORIZED static void NAME(scale)(long count, T factor, T *x) {
  for (long i = 0; i < count; i++) x[i] *= factor;
}

VECTORIZED static void NAME(add)(long count, const T *restrict x, T *restrict y) {
  for (long i = 0; i < count; i++) y[i] += x[i];
}

/// A row of the mask for all queries, transposed.
VECTORIZED static void NAME(spread)(long keys, const T *mask, T *y) {
  for (long k = 0; k < keys; k++) {
    for (long i = 0; i < QUERIES; i++) y[k * QUERIES + i] = mask[k];
  }
}

/// Adds the transposed mask to the scores; a hidden key's score is -∞ whatever it was.
VECTORIZED static void NAME(hide)(
    long keys, long queries, T *restrict scores, const T *restrict mask) {
  for (long k = 0; k < keys; k++) {
    T *row = scores + k * QUERIES;
    const T *ms = mask + k * QUERIES;
    for (long i = 0; i < queries; i++) row[i] = ms[i] == -INFINITY ? ms[i] : row[i] + ms[i];
  }
}

/// y = Σ a·b for each row.
VECTORIZED static void NAME(dots)(long rows, long width, const T *a, const T *b, T *y) {
  for (long i = 0; i < rows; i++, a += width, b += width) {
    NAME(Lanes) lanes = {0};
    for (long j = 0; j < width; j += NAME(LANES)) {
      lanes += *(const NAME(Lanes) *)(a + j) * *(const NAME(Lanes) *)(b + j);
    }
    y[i] = 0;
    for (int k = 0; k < NAME(LANES); k++) y[i] += lanes[k];
  }
}

/// Memory for blocks, which `free` of `q` releases.
static NAME(Blocks) NAME(make_blocks)(const Work *work) {
  NAME(Blocks) all;
  long d = work->deep, e = work->wide, all_keys = NAME(padded)(work->sizes.keys);
  long keys = all_keys < KEYS ? all_keys : KEYS;
  const struct {
    T **part;
    long size;
  } parts[] = {
      {&all.q, QUERIES * d},
      {&all.g, QUERIES * e},
      {&all.k, keys * d},
      {&all.v, keys * e},
      {&all.queries, QUERIES * d},
      {&all.gradients, QUERIES * e},
      {&all.scores, QUERIES * keys},
      {&all.ds, QUERIES * keys},
      {&all.sums, QUERIES * (d > e ? d : e)},
      {&all.mask, QUERIES * keys},
  };
  enum { COUNT = sizeof parts / sizeof *parts };
  long total = 0;
  for (int i = 0; i < COUNT; i++) total += parts[i].size;
  T *memory = aligned_alloc(64, total * sizeof(T));
  for (int i = 0; i < COUNT; i++) {
    *parts[i].part = memory;
    memory += parts[i].size;
  }
  return all;
}

/// Copies rows of an operand; the rest up to a multiple of LANES rows is 0.
static void NAME(copy)(
    const Work *work, const Operand *x, long part, long first, long count, long width, T *y) {
  long padded = NAME(padded)(width);
  x->load(count, width, row_of(work, x, part, first), x->row, 1, y, padded);
  memset(y + count * padded, 0, (NAME(padded)(count) - count) * padded * sizeof(T));
}

/// Rows of an operand: where they are, unless they need padding or conversion.
static NAME(Rows) NAME(rows)(
    const Work *work, const Operand *x, long part, long first, long count, long width, T *y) {
  if (work->dtype == NAME(DType) && width % NAME(LANES) == 0) {
    return (NAME(Rows)){(const T *)row_of(work, x, part, first), x->row};
  }
  NAME(copy)(work, x, part, first, count, width, y);
  return (NAME(Rows)){y, NAME(padded)(width)};
}

/// The scores of a block: keys·queries + mask, -∞ where a key is hidden.
static void NAME(score)(
    const Work *work, NAME(Blocks) *blocks, long part, long first, long rows, long start,
    long count, NAME(Rows) k) {
  const Operand *mask = &work->mask;
  NAME(multiply)(
      count, NAME(padded)(rows), work->deep, k.start, k.stride, 1, blocks->queries, QUERIES,
      blocks->scores, QUERIES, false);
  if (mask->start) {
    bool is_shared = mask->row == 0;
    const char *place = row_of(work, mask, part, first) + start * mask->column * mask->size;
    long padded = NAME(padded)(count);
    mask->load(
        is_shared ? 1 : rows, count, place, mask->row, mask->column, blocks->mask, padded);
    // The gradients of the scores come later.
    T *transposed = blocks->ds;
    if (is_shared) {
      NAME(spread)(count, blocks->mask, transposed);
    } else {
      NAME(transpose)(rows, padded, 1, blocks->mask, transposed, QUERIES);
    }
    NAME(hide)(count, rows, blocks->scores, transposed);
  }
  if (!work->sizes.is_causal) return;
  for (long key = start > first ? start : first + 1; key < start + count; key++) {
    T *row = blocks->scores + (key - start) * QUERIES;
    for (long i = 0; i < rows && first + i < key; i++) row[i] = -INFINITY;
  }
}

/// Computes a block of queries.
static void NAME(attend)(const Work *work, NAME(Blocks) *blocks, long part, long first) {
  long d = work->sizes.width, e = work->sizes.value_width, wide = work->wide;
  long rows = queries_from(work, first), padded = NAME(padded)(rows);
  NAME(copy)(work, &work->q, part, first, rows, d, blocks->q);
  NAME(transpose)(padded, work->deep, (T)work->sizes.scale, blocks->q, blocks->queries, QUERIES);
  for (long i = 0; i < padded; i++) {
    blocks->best[i] = -INFINITY;
    blocks->total[i] = 0;
  }
  long end = end_of_keys(work, first + rows);
  for (long start = 0; start < end; start += KEYS) {
    long count = end - start < KEYS ? end - start : KEYS;
    NAME(Rows) k = NAME(rows)(work, &work->k, part, start, count, d, blocks->k);
    NAME(Rows) v = NAME(rows)(work, &work->v, part, start, count, e, blocks->v);
    NAME(score)(work, blocks, part, first, rows, start, count, k);
    NAME(softmax_step)(count, padded, blocks->scores, blocks->best, blocks->total, blocks->kept);
    if (start > 0) NAME(shrink)(rows, wide, blocks->sums, blocks->kept);
    NAME(multiply)(
        rows, wide, count, blocks->scores, 1, QUERIES, v.start, v.stride, blocks->sums, wide,
        start > 0);
  }
  T *totals = (T *)work->totals + part * work->sizes.rows + first;
  for (long i = 0; i < rows; i++) {
    totals[i] = blocks->best[i] + log(blocks->total[i]);
    // A query without keys gives 0.
    blocks->kept[i] = blocks->total[i] == 0 ? 0 : 1 / blocks->total[i];
  }
  NAME(shrink)(rows, wide, blocks->sums, blocks->kept);
  work->y.store(rows, e, row_of(work, &work->y, part, first), work->y.row, blocks->sums, wide);
}

static void NAME(attention)(void *context, long begin, long end) {
  const Work *work = context;
  NAME(Blocks) blocks = NAME(make_blocks)(work);
  for (long item = begin; item < end; item++) {
    NAME(attend)(work, &blocks, item / work->blocks, item % work->blocks * work->block);
  }
  free(blocks.q);
}

/// Computes the gradients of a block of queries, and adds its shares of those of keys and values.
static void NAME(attend_back)(
    const Work *work, NAME(Blocks) *blocks, long part, long first, T *of_keys, T *of_values) {
  long d = work->sizes.width, e = work->sizes.value_width, deep = work->deep, wide = work->wide;
  long rows = queries_from(work, first), padded = NAME(padded)(rows);
  T scale = (T)work->sizes.scale, *along = blocks->kept, *total = blocks->total;
  NAME(copy)(work, &work->q, part, first, rows, d, blocks->q);
  NAME(copy)(work, &work->gradient, part, first, rows, e, blocks->g);
  NAME(copy)(work, &work->y, part, first, rows, e, blocks->sums);
  NAME(transpose)(padded, deep, scale, blocks->q, blocks->queries, QUERIES);
  NAME(transpose)(padded, wide, 1, blocks->g, blocks->gradients, QUERIES);
  NAME(dots)(padded, wide, blocks->g, blocks->sums, along);
  const T *totals = (const T *)work->totals + part * work->sizes.rows + first;
  // The weights of queries without keys, and of padding, are 0.
  for (long i = 0; i < padded; i++) {
    total[i] = i < rows && totals[i] != -INFINITY ? totals[i] : INFINITY;
  }
  long end = end_of_keys(work, first + rows);
  for (long start = 0; start < end; start += KEYS) {
    long count = end - start < KEYS ? end - start : KEYS;
    T *weights = blocks->scores, *ds = blocks->ds;
    NAME(Rows) k = NAME(rows)(work, &work->k, part, start, count, d, blocks->k);
    NAME(Rows) v = NAME(rows)(work, &work->v, part, start, count, e, blocks->v);
    NAME(score)(work, blocks, part, first, rows, start, count, k);
    NAME(multiply)(
        count, padded, wide, v.start, v.stride, 1, blocks->gradients, QUERIES, ds, QUERIES,
        false);
    NAME(score_gradients)(count, padded, weights, ds, total, along);
    NAME(multiply)(
        count, wide, rows, weights, QUERIES, 1, blocks->g, wide, of_values + start * wide, wide,
        true);
    NAME(multiply)(
        count, deep, rows, ds, QUERIES, 1, blocks->q, deep, of_keys + start * deep, deep, true);
    NAME(multiply)(
        rows, deep, count, ds, 1, QUERIES, k.start, k.stride, blocks->sums, deep, start > 0);
  }
  NAME(scale)(rows * deep, scale, blocks->sums);
  work->dq.store(rows, d, row_of(work, &work->dq, part, first), work->dq.row, blocks->sums, deep);
}

/// Stores the gradients of the keys and values of one index of the batch.
static void NAME(store_sums)(const Work *work, long part, T *of_keys, const T *of_values) {
  long keys = work->sizes.keys;
  NAME(scale)(keys * work->deep, (T)work->sizes.scale, of_keys);
  work->dk.store(
      keys, work->sizes.width, row_of(work, &work->dk, part, 0), work->dk.row, of_keys, work->deep);
  work->dv.store(
      keys, work->sizes.value_width, row_of(work, &work->dv, part, 0), work->dv.row, of_values,
      work->wide);
}

/// An item is every `shares`th block of the queries of one index of the batch. Its sums for keys and
/// values have a place of their own, so that the result does not depend on the number of threads.
static void NAME(gradients)(void *context, long begin, long end) {
  const Work *work = context;
  NAME(Blocks) blocks = NAME(make_blocks)(work);
  long keys = work->sizes.keys * work->deep, size = keys + work->sizes.keys * work->wide;
  T *own = work->shares == 1 ? malloc(size * sizeof(T)) : NULL;
  for (long item = begin; item < end; item++) {
    long part = item / work->shares;
    T *sums = own ? own : (T *)work->sums + item * size;
    memset(sums, 0, size * sizeof(T));
    for (long block = item % work->shares; block < work->blocks; block += work->shares) {
      NAME(attend_back)(work, &blocks, part, block * work->block, sums, sums + keys);
    }
    if (own) NAME(store_sums)(work, part, sums, sums + keys);
  }
  free(own);
  free(blocks.q);
}

/// Joins the sums of the shares of each index of the batch.
static void NAME(join)(void *context, long begin, long end) {
  const Work *work = context;
  long keys = work->sizes.keys * work->deep, size = keys + work->sizes.keys * work->wide;
  for (long part = begin; part < end; part++) {
    T *sums = (T *)work->sums + part * work->shares * size;
    for (long share = 1; share < work->shares; share++) NAME(add)(size, sums + share * size, sums);
    NAME(store_sums)(work, part, sums, sums + keys);
  }
}
