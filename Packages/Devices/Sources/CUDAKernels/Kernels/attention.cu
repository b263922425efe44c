// softmax(q·kᵀ·scale + mask)·v in tiles of keys, so that the scores are never in global memory (FlashAttention; Dao et
// al., 2022). A warp computes a row of the result, with a key for each thread. All matrices are contiguous, [batch,
// rows, width].

#include "groups.cuh"

#if IS_FLOAT
enum {
  /// The widest rows of queries, keys and values.
  WIDEST = ATTENTION_BYTES / sizeof(T),
  /// The number of a row's elements that each thread holds.
  SHARES = WIDEST / WARP,
};

struct AttentionTiles {
  /// The block's own rows: queries and gradients, or keys and values.
  T own[2][WARPS][WIDEST];
  /// A tile of the other side's rows, padded against bank conflicts.
  T other[2][WARP][WIDEST + 1];
  T weights[2][WARPS][WARP];
  char joined[WARPS * 16];
};

/// Loads rows of a matrix; rows past its end are 0.
template <int STRIDE>
inline void load_rows(
    T (*rows)[STRIDE], int count, const S *matrix, int64_t first, int64_t end, int64_t width) {
  for (int64_t i = threadIdx.x; i < count * width; i += LAUNCH_BLOCK) {
    int64_t row = i / width, column = i - row * width;
    rows[row][column] = first + row < end ? LOAD(matrix[(first + row) * width + column]) : 0;
  }
}

inline T dot(const T *a, const T *b, int64_t width) {
  T sum = 0;
  for (int64_t i = 0; i < width; i++) sum += a[i] * b[i];
  return sum;
}

/// sums[column] ← kept·sums[column] + Σ weight[j]·rows[j][column], for this thread's columns.
inline void add_weighted(
    T sums[SHARES], T kept, const T *weights, const T (*rows)[WIDEST + 1], int64_t width) {
  for (int share = 0; share < SHARES; share++) {
    int64_t column = share * WARP + threadIdx.x % WARP;
    if (column >= width) continue;
    T sum = kept * sums[share];
    for (int j = 0; j < WARP; j++) sum += weights[j] * rows[j][column];
    sums[share] = sum;
  }
}

/// Calls body(element, column) with the elements of a row that this thread holds.
template <class Body>
inline void each_element(const T sums[SHARES], int64_t width, Body body) {
  for (int share = 0; share < SHARES; share++) {
    int64_t column = share * WARP + threadIdx.x % WARP;
    if (column < width) body(sums[share], column);
  }
}

inline void store_row(const T sums[SHARES], S *row, int64_t width) {
  each_element(sums, width, [&](T sum, int64_t column) { row[column] = STORE(sum); });
}

/// The score of a query and a key, given their product; -∞ if it is masked.
inline T score_of(const AttentionLaunch &launch, int64_t part, int64_t row, int64_t key, T product) {
  if (row >= launch.rows || key >= launch.keys || (launch.is_causal && key > row)) {
    return least<T>();
  }
  T score = product * (T)launch.scale;
  if (!launch.mask) return score;
  int64_t place = seek(launch.mask_batch, part) + row * launch.mask_row + key * launch.mask_column;
  if (launch.mask_is_bool) return ((const bool *)launch.mask)[place] ? score : least<T>();
  return score + LOAD(((const S *)launch.mask)[place]);
}

/// The matrices at one index of the batch.
struct Matrices {
  const AttentionLaunch &launch;
  int64_t part;

  const S *of_queries(const void *all, int64_t width) const {
    return (const S *)all + part * launch.rows * width;
  }
  const S *of_keys(const void *all, int64_t width) const {
    return (const S *)all + part * launch.keys * width;
  }
  const S *q() const { return of_queries(launch.q, launch.width); }
  const S *k() const { return of_keys(launch.k, launch.width); }
  const S *v() const { return of_keys(launch.v, launch.value_width); }
  const S *g() const { return of_queries(launch.gradient, launch.value_width); }
  const T *y() const { return (const T *)launch.y + part * launch.rows * launch.value_width; }
  const T *totals() const { return (const T *)launch.totals + part * launch.rows; }
  const T *along() const { return (const T *)launch.along + part * launch.rows; }
};

/// Calls body(part, matrices, first) for each group of WARPS rows, starting at first, that this block computes.
template <class Body>
inline void each_rows(const AttentionLaunch &launch, int64_t rows, Body body) {
  int64_t blocks = (rows + WARPS - 1) / WARPS;
  for (int64_t block = blockIdx.x; block < launch.batch * blocks; block += gridDim.x) {
    // Other threads may still be reading the tiles of the previous rows.
    __syncthreads();
    int64_t part = block / blocks;
    body(part, Matrices{launch, part}, block % blocks * WARPS);
  }
}

/// The end of the keys that the block's rows, starting at first, may attend to.
inline int64_t end_of_keys(const AttentionLaunch &launch, int64_t first) {
  return launch.is_causal && first + WARPS < launch.keys ? first + WARPS : launch.keys;
}

KERNEL(attention, const AttentionLaunch launch) {
  __shared__ AttentionTiles tiles;
  Group<WARP> group = {tiles.joined};
  int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
  int64_t d = launch.width, e = launch.value_width;
  each_rows(launch, launch.rows, [&](int64_t part, const Matrices &of, int64_t first) {
    int64_t row = first + warp, end = end_of_keys(launch, first);
    T best = least<T>(), total = 0, sums[SHARES] = {};
    load_rows<WIDEST>(tiles.own[0], WARPS, of.q(), first, launch.rows, d);
    for (int64_t start = 0; start < end; start += WARP) {
      __syncthreads();
      load_rows<WIDEST + 1>(tiles.other[0], WARP, of.k(), start, launch.keys, d);
      load_rows<WIDEST + 1>(tiles.other[1], WARP, of.v(), start, launch.keys, e);
      __syncthreads();
      T product = dot(tiles.own[0][warp], tiles.other[0][lane], d);
      T score = score_of(launch, part, row, start + lane, product);
      T now = group.join<Maximum<T>>(score);
      Maximum<T>::join(now, best);
      T weight = score == least<T>() ? 0 : exp(score - now);
      T kept = best == least<T>() ? 0 : exp(best - now);
      total = kept * total + group.join<Sum<T>>(weight);
      best = now;
      tiles.weights[0][warp][lane] = weight;
      __syncwarp();
      add_weighted(sums, kept, tiles.weights[0][warp], tiles.other[1], e);
    }
    if (row >= launch.rows) return;
    // A query whose keys are all masked gives 0.
    T factor = total == 0 ? 0 : 1 / total, *y = (T *)launch.y + (part * launch.rows + row) * e;
    each_element(sums, e, [&](T sum, int64_t column) { y[column] = sum * factor; });
    if (lane == 0) ((T *)launch.totals)[part * launch.rows + row] = best + log(total);
  });
}

// With p = exp(score - total) and δ = Σ gradient·y, the gradient of q·k is p·(gradient·v - δ)·scale, and the gradient
// of q is the sum of the keys weighted by these.
KERNEL(attention_gradients_of_queries, const AttentionLaunch launch) {
  __shared__ AttentionTiles tiles;
  Group<WARP> group = {tiles.joined};
  int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
  int64_t d = launch.width, e = launch.value_width;
  each_rows(launch, launch.rows, [&](int64_t part, const Matrices &of, int64_t first) {
    int64_t row = first + warp, end = end_of_keys(launch, first);
    load_rows<WIDEST>(tiles.own[0], WARPS, of.q(), first, launch.rows, d);
    load_rows<WIDEST>(tiles.own[1], WARPS, of.g(), first, launch.rows, e);
    __syncthreads();
    T along = 0, total = 0, sums[SHARES] = {};
    if (row < launch.rows) {
      for (int64_t i = lane; i < e; i += WARP) along += tiles.own[1][warp][i] * of.y()[row * e + i];
      total = of.totals()[row];
    }
    along = group.join<Sum<T>>(along);
    for (int64_t start = 0; start < end; start += WARP) {
      __syncthreads();
      load_rows<WIDEST + 1>(tiles.other[0], WARP, of.k(), start, launch.keys, d);
      load_rows<WIDEST + 1>(tiles.other[1], WARP, of.v(), start, launch.keys, e);
      __syncthreads();
      T product = dot(tiles.own[0][warp], tiles.other[0][lane], d);
      T score = score_of(launch, part, row, start + lane, product);
      T weight = score == least<T>() ? 0 : exp(score - total);
      T gradient = dot(tiles.own[1][warp], tiles.other[1][lane], e) - along;
      tiles.weights[0][warp][lane] = weight * gradient * (T)launch.scale;
      __syncwarp();
      add_weighted(sums, 1, tiles.weights[0][warp], tiles.other[0], d);
    }
    if (row >= launch.rows) return;
    store_row(sums, (S *)launch.dq + (part * launch.rows + row) * d, d);
    if (lane == 0) ((T *)launch.along)[part * launch.rows + row] = along;
  });
}

// The gradients of keys and values, which a warp computes from tiles of queries.
KERNEL(attention_gradients_of_keys, const AttentionLaunch launch) {
  __shared__ AttentionTiles tiles;
  int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
  int64_t d = launch.width, e = launch.value_width;
  each_rows(launch, launch.keys, [&](int64_t part, const Matrices &of, int64_t first) {
    int64_t key = first + warp;
    load_rows<WIDEST>(tiles.own[0], WARPS, of.k(), first, launch.keys, d);
    load_rows<WIDEST>(tiles.own[1], WARPS, of.v(), first, launch.keys, e);
    T of_key[SHARES] = {}, of_value[SHARES] = {};
    // Queries before the first key are masked.
    int64_t begin = launch.is_causal ? first / WARP * WARP : 0;
    for (int64_t start = begin; start < launch.rows; start += WARP) {
      __syncthreads();
      load_rows<WIDEST + 1>(tiles.other[0], WARP, of.q(), start, launch.rows, d);
      load_rows<WIDEST + 1>(tiles.other[1], WARP, of.g(), start, launch.rows, e);
      __syncthreads();
      int64_t row = start + lane;
      T product = dot(tiles.own[0][warp], tiles.other[0][lane], d);
      T score = score_of(launch, part, row, key, product), weight = 0, gradient = 0;
      if (score != least<T>()) {
        weight = exp(score - of.totals()[row]);
        gradient = dot(tiles.own[1][warp], tiles.other[1][lane], e) - of.along()[row];
      }
      tiles.weights[0][warp][lane] = weight * gradient * (T)launch.scale;
      tiles.weights[1][warp][lane] = weight;
      __syncwarp();
      add_weighted(of_key, 1, tiles.weights[0][warp], tiles.other[0], d);
      add_weighted(of_value, 1, tiles.weights[1][warp], tiles.other[1], e);
    }
    if (key >= launch.keys) return;
    store_row(of_key, (S *)launch.dk + (part * launch.keys + key) * d, d);
    store_row(of_value, (S *)launch.dv + (part * launch.keys + key) * e, e);
  });
}
#endif
