#pragma once
// y = f(…) for each element, with one or two inputs of any strides.

#include "kernel.cuh"

/// Four elements that are loaded or stored together.
template <class E>
struct alignas(4 * sizeof(E) < 16 ? 4 * sizeof(E) : 16) Four {
  E at[4];
};

template <class E>
inline Four<E> *fours(void *data) {
  CHECK_ALIGNED(data, alignof(Four<E>));
  return (Four<E> *)data;
}

/// Whether an operand's elements are contiguous and aligned for loads of four.
template <class E>
inline bool is_vectorizable(const Walk &walk, int operand) {
  return walk.data[operand] && walk.strides[0][operand] == 1 &&
         (uint64_t)walk.data[operand] % alignof(Four<E>) == 0;
}

template <class R, class E, class F>
inline void map(const Walk &walk, F f) {
  int64_t n = walk.count;
  R *y = (R *)walk.data[0];
  const E *x = (const E *)walk.data[1];
  if (walk.rank == 1 && is_vectorizable<R>(walk, 0) && is_vectorizable<E>(walk, 1)) {
    for (int64_t i = first_index(); i < n / 4; i += index_step()) {
      Four<E> in = fours<E>(walk.data[1])[i];
      Four<R> out;
      for (int k = 0; k < 4; k++) out.at[k] = f(in.at[k]);
      fours<R>(walk.data[0])[i] = out;
    }
    for (int64_t i = n / 4 * 4 + first_index(); i < n; i += index_step()) y[i] = f(x[i]);
    return;
  }
  for (int64_t i = first_index(); i < n; i += index_step()) {
    int64_t at[2];
    seek(walk, i, 2, at);
    y[at[0]] = f(x[at[1]]);
  }
}

template <class R, class E, class F>
inline void map_pairs(const Walk &walk, F f) {
  int64_t n = walk.count;
  R *y = (R *)walk.data[0];
  const E *a = (const E *)walk.data[1], *b = (const E *)walk.data[2];
  bool a_lies = is_vectorizable<E>(walk, 1), b_lies = is_vectorizable<E>(walk, 2);
  E a_number = a ? E() : number_of<E>(walk, 1), b_number = b ? E() : number_of<E>(walk, 2);
  if (walk.rank == 1 && is_vectorizable<R>(walk, 0) && (a_lies || !a) && (b_lies || !b)) {
    for (int64_t i = first_index(); i < n / 4; i += index_step()) {
      Four<E> left, right;
      if (a) left = fours<E>(walk.data[1])[i];
      if (b) right = fours<E>(walk.data[2])[i];
      Four<R> out;
      for (int k = 0; k < 4; k++) out.at[k] = f(a ? left.at[k] : a_number, b ? right.at[k] : b_number);
      fours<R>(walk.data[0])[i] = out;
    }
    for (int64_t i = n / 4 * 4 + first_index(); i < n; i += index_step()) {
      y[i] = f(a ? a[i] : a_number, b ? b[i] : b_number);
    }
    return;
  }
  for (int64_t i = first_index(); i < n; i += index_step()) {
    int64_t at[3];
    seek(walk, i, 3, at);
    y[at[0]] = f(a ? a[at[1]] : a_number, b ? b[at[2]] : b_number);
  }
}
