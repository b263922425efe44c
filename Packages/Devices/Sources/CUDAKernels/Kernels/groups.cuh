#pragma once
// Groups of threads that share a row: a warp of 32, or a whole block. Totals are joined in a fixed order, so that
// results are deterministic.

#include "kernel.cuh"

enum { WARP = 32, WARPS = LAUNCH_BLOCK / WARP };

/// The value of the thread whose lane is larger by `distance`.
template <class E>
inline E from_further(E x, int distance) {
  static_assert(sizeof(E) <= 16, "two words");
  union {
    E value;
    unsigned words[(sizeof(E) + 3) / 4];
  } shifted;
  shifted.value = x;
  for (int word = 0; word < (int)(sizeof(E) + 3) / 4; word++) {
    shifted.words[word] = __shfl_down_sync(0xffffffffu, shifted.words[word], distance);
  }
  return shifted.value;
}

/// The warp's values joined, in its first thread.
template <class J, class A>
inline A join_warp(A total) {
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    A other = from_further(total, distance);
    J::join(total, other);
  }
  return total;
}

/// A group of SIZE threads, WARP or LAUNCH_BLOCK, that shares a row.
template <int SIZE>
struct Group {
  /// Shared memory for a value of each warp.
  char *shared;

  int thread() const { return threadIdx.x % SIZE; }
  int64_t first_row() const {
    return (int64_t)blockIdx.x * (LAUNCH_BLOCK / SIZE) + threadIdx.x / SIZE;
  }
  int64_t row_step() const { return (int64_t)gridDim.x * (LAUNCH_BLOCK / SIZE); }

  /// The group's values joined, in each of its threads.
  template <class J, class A>
  A join(A total) const {
    A *values = (A *)shared;
    int warp = threadIdx.x / WARP;
    total = join_warp<J>(total);
    if (SIZE == WARP) {
      __syncwarp();
      if (threadIdx.x % WARP == 0) values[warp] = total;
      __syncwarp();
      return values[warp];
    }
    __syncthreads();
    if (threadIdx.x % WARP == 0) values[warp] = total;
    __syncthreads();
    total = values[0];
    for (int k = 1; k < WARPS; k++) J::join(total, values[k]);
    return total;
  }
};

/// A kind of total: its initial value, and how it is joined with another.
template <class A>
struct Sum {
  static A first() { return 0; }
  static void join(A &total, A x) { FLAMBEAU_ADD(total, x); }
};

template <class A>
struct Product {
  static A first() { return 1; }
  static void join(A &total, A x) { FLAMBEAU_MULTIPLY(total, x); }
};

template <class A>
inline bool is_nan(A x) {
  return x != x;
}

/// The smallest and the largest number of a type.
template <class A>
inline A least() {
#if IS_FLOAT
  return -(A)INFINITY;
#else
  return (A)-1 < 0 ? (A)((uint64_t)1 << (8 * sizeof(A) - 1)) : 0;
#endif
}
template <class A>
inline A greatest() {
#if IS_FLOAT
  return (A)INFINITY;
#else
  return (A)-1 < 0 ? (A)(((uint64_t)1 << (8 * sizeof(A) - 1)) - 1) : (A)-1;
#endif
}

template <class A>
struct Maximum {
  static A first() { return least<A>(); }
  static void join(A &total, A x) { FLAMBEAU_LARGER(total, x); }
};

template <class A>
struct Minimum {
  static A first() { return greatest<A>(); }
  static void join(A &total, A x) { FLAMBEAU_SMALLER(total, x); }
};
