// Stable argsort along rows, by merging runs into longer ones: an element's new position is that in its own run
// plus the number of elements of the other run that come before it. NaN counts as the largest.

#include "kernel.cuh"

enum { TILE = SORT_TILE };

/// The number of elements, at n sorted indices, that come before x or, with `after_equal`, are equal to it.
template <class P>
inline int64_t rank_in(
    const S *row, const P *places, int64_t n, T x, bool descending, bool after_equal) {
  int64_t first = 0, last = n;
  while (first < last) {
    int64_t middle = (first + last) / 2;
    T here = LOAD(row[places[middle]]);
    bool x_is_before = descending ? FLAMBEAU_BEFORE(here, x) : FLAMBEAU_BEFORE(x, here);
    bool here_is_before = descending ? FLAMBEAU_BEFORE(x, here) : FLAMBEAU_BEFORE(here, x);
    if (after_equal ? !x_is_before : here_is_before) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

/// The position after merging of index i, of n indices in sorted runs of length `run`.
template <class P>
inline int64_t merged_place(
    const S *row, const P *places, int64_t n, int64_t run, int64_t i, bool descending) {
  int64_t start = i / (2 * run) * (2 * run), middle = start + run;
  if (middle >= n) return i;
  int64_t stop = start + 2 * run < n ? start + 2 * run : n;
  T x = LOAD(row[places[i]]);
  return i < middle
             ? i + rank_in(row, places + middle, stop - middle, x, descending, false)
             : i - run + rank_in(row, places + start, run, x, descending, true);
}

// Sorts tiles of rows, one block for each.
KERNEL(sort_tiles, Rows rows, int64_t *places, const S *x, bool descending) {
  __shared__ int shared[2][TILE];
  int64_t tiles = (rows.n + TILE - 1) / TILE;
  for (int64_t tile = blockIdx.x; tile < rows.count * tiles; tile += gridDim.x) {
    int64_t start = tile % tiles * TILE, first = tile / tiles * rows.n + start;
    int n = (int)(rows.n - start < TILE ? rows.n - start : TILE), from = 0;
    for (int i = threadIdx.x; i < n; i += LAUNCH_BLOCK) shared[0][i] = i;
    __syncthreads();
    for (int run = 1; run < n; run *= 2) {
      for (int i = threadIdx.x; i < n; i += LAUNCH_BLOCK) {
        int64_t to = merged_place(x + first, shared[from], n, run, i, descending);
        shared[1 - from][to] = shared[from][i];
      }
      from = 1 - from;
      __syncthreads();
    }
    for (int i = threadIdx.x; i < n; i += LAUNCH_BLOCK) places[first + i] = start + shared[from][i];
    __syncthreads();
  }
}

// Merges pairs of runs of indices.
KERNEL(merge_runs, Rows rows, int64_t *to, const int64_t *from, const S *x, int64_t run,
       bool descending) {
  for (int64_t i = first_index(); i < rows.count * rows.n; i += index_step()) {
    int64_t start = i / rows.n * rows.n;
    int64_t place =
        merged_place(x + start, from + start, rows.n, run, i - start, descending);
    to[start + place] = from[i];
  }
}

// For each element of x, the number of elements that come before it in the same row of `length` sorted ones.
KERNEL(search, Rows rows, int64_t *places, const S *x, const S *sorted, int64_t length,
       bool after_equal) {
  for (int64_t i = first_index(); i < rows.count * rows.n; i += index_step()) {
    const S *row = sorted + i / rows.n * length;
    T wanted = LOAD(x[i]);
    int64_t first = 0, last = length;
    while (first < last) {
      int64_t middle = (first + last) / 2;
      T here = LOAD(row[middle]);
      if (after_equal ? !FLAMBEAU_BEFORE(wanted, here) : FLAMBEAU_BEFORE(here, wanted)) {
        first = middle + 1;
      } else {
        last = middle;
      }
    }
    places[i] = first;
  }
}
