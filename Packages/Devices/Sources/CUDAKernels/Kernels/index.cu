// Gather, scatter, and the indices of true elements.

#include "kernel.cuh"

/// The offset of an index; if it is out of range, 0, and the index is noted in `invalid`.
inline int64_t resolve(
    int64_t index, int64_t size, int64_t stride, InvalidIndex *invalid) {
  if (index >= 0 && index < size) return index * stride;
  invalid->index = index;
  invalid->is_set = 1;
  return 0;
}

// y = x[index]: the walk is over (y, index, x), in which x has no stride along the dim.
KERNEL(gather, const Walk walk, int64_t size, int64_t stride, InvalidIndex *invalid) {
  S *y = (S *)walk.data[0];
  const int64_t *index = (const int64_t *)walk.data[1];
  const S *x = (const S *)walk.data[2];
  for (int64_t i = first_index(); i < walk.count; i += index_step()) {
    int64_t at[3];
    seek(walk, i, 3, at);
    int64_t offset = resolve(index[at[1]], size, stride, invalid);
    if (size > 0) y[at[0]] = x[at[2] + offset];
  }
}

// The key of each index: the flat position in y that it refers to, in the dims along which the index varies, or -1 if
// it is out of range. The walk is over (index, flat positions without dim).
KERNEL(scatter_keys, const Walk walk, int64_t *keys, int64_t size, int64_t stride,
       InvalidIndex *invalid) {
  const int64_t *index = (const int64_t *)walk.data[0];
  for (int64_t i = first_index(); i < walk.count; i += index_step()) {
    int64_t at[2];
    seek(walk, i, 2, at);
    int64_t place = index[at[0]];
    bool is_valid = place >= 0 && place < size;
    keys[i] = is_valid ? at[1] + place * stride : -1;
    if (!is_valid) resolve(place, size, stride, invalid);
  }
}

// With sorted keys, the thread of the first of several equal keys stores or adds all of their elements, in order.
KERNEL(scatter, const ScatterLaunch launch) {
  const Walk &keys = launch.keys, &rest = launch.rest;
  const int64_t *index = (const int64_t *)keys.data[0];
  const S *x = (const S *)keys.data[1];
  S *y = (S *)keys.data[2];
  for (int64_t i = first_index(); i < keys.count * rest.count; i += index_step()) {
    int64_t place = i / rest.count, key = launch.key_of[launch.order[place]];
    if (key < 0) continue;
    if (place > 0 && launch.key_of[launch.order[place - 1]] == key) continue;
    int64_t inner[2], at[3];
    seek(rest, i - place * rest.count, 2, inner);
    seek(keys, launch.order[place], 3, at);
    S *target = y + at[2] + index[at[0]] * launch.y_stride + inner[1];
    S result = *target;
    for (; place < keys.count && launch.key_of[launch.order[place]] == key; place++) {
      seek(keys, launch.order[place], 3, at);
      S own = x[at[1] + inner[0]];
      result = launch.adding ? STORE(LOAD(result) + LOAD(own)) : own;
    }
    *target = result;
  }
}

// The number of true elements in each tile; and their indices, given the cumulative sums of these counts.
KERNEL(count_true, int64_t n, int64_t *counts, const bool *x) {
  for (int64_t tile = first_index(); tile * TRUE_TILE < n; tile += index_step()) {
    int64_t count = 0;
    for (int64_t i = tile * TRUE_TILE; i < n && i < (tile + 1) * TRUE_TILE; i++) count += x[i];
    counts[tile] = count;
  }
}

KERNEL(write_true, int64_t n, int64_t *places, const int64_t *running, const bool *x) {
  for (int64_t tile = first_index(); tile * TRUE_TILE < n; tile += index_step()) {
    int64_t next = tile > 0 ? running[tile - 1] : 0;
    for (int64_t i = tile * TRUE_TILE; i < n && i < (tile + 1) * TRUE_TILE; i++) {
      if (x[i]) places[next++] = i;
    }
  }
}
