#pragma once
// Tiled matrix products: a block computes 64 × 64 elements of the result, in steps of 16 along the inner dim, and each
// thread 4 × 4 of them.

#include "kernel.cuh"

// Integers wrap around, so small ones can be accumulated in 32 bits.
#if IS_FLOAT
typedef T Number;
#else
template <int SIZE>
struct Wide {
  typedef int32_t Type;
};
template <>
struct Wide<8> {
  typedef int64_t Type;
};
typedef Wide<sizeof(T)>::Type Number;
#endif

struct Tiles {
  Number left[MATMUL_DEPTH][MATMUL_TILE + 4];
  Number right[MATMUL_DEPTH][MATMUL_TILE + 4];
};

/// Calls result(i, j, Σ left(i, p)·right(p, j)), summed over p in begin ..< end, for the elements of a tile of an m × n
/// product.
template <class L, class R, class Y>
inline void multiply_tile(
    Tiles &tiles, int64_t m, int64_t n, int64_t begin, int64_t end, int64_t tile_row,
    int64_t tile_column, L left, R right, Y result) {
  enum { OWN = 4, ACROSS = MATMUL_TILE / OWN, LOADS = MATMUL_DEPTH * MATMUL_TILE / LAUNCH_BLOCK };
  int row = threadIdx.x / ACROSS, column = threadIdx.x % ACROSS;
  int64_t first_row = tile_row * MATMUL_TILE, first_column = tile_column * MATMUL_TILE;
  Number sums[OWN][OWN];
  for (int i = 0; i < OWN; i++) {
    for (int j = 0; j < OWN; j++) sums[i][j] = 0;
  }
  for (int64_t start = begin; start < end; start += MATMUL_DEPTH) {
    for (int load = 0; load < LOADS; load++) {
      int place = load * LAUNCH_BLOCK + threadIdx.x;
      // Neighbouring threads read along the left side's rows and along the right side's rows.
      int depth = place % MATMUL_DEPTH, across = place / MATMUL_DEPTH;
      bool is_inside = start + depth < end && first_row + across < m;
      tiles.left[depth][across] = is_inside ? left(first_row + across, start + depth) : 0;
      depth = place / MATMUL_TILE, across = place % MATMUL_TILE;
      is_inside = start + depth < end && first_column + across < n;
      tiles.right[depth][across] = is_inside ? right(start + depth, first_column + across) : 0;
    }
    __syncthreads();
    for (int depth = 0; depth < MATMUL_DEPTH; depth++) {
      Number a[OWN], b[OWN];
      for (int k = 0; k < OWN; k++) {
        a[k] = tiles.left[depth][row * OWN + k];
        b[k] = tiles.right[depth][column + k * ACROSS];
      }
      for (int i = 0; i < OWN; i++) {
        for (int j = 0; j < OWN; j++) sums[i][j] += a[i] * b[j];
      }
    }
    __syncthreads();
  }
  for (int i = 0; i < OWN; i++) {
    for (int j = 0; j < OWN; j++) {
      int64_t y = first_row + row * OWN + i, x = first_column + column + j * ACROSS;
      if (y < m && x < n) result(y, x, sums[i][j]);
    }
  }
}

/// Calls body(product, row, column) for each tile that this block computes of a number of m × n products.
template <class Body>
inline void each_tile(int64_t products, int64_t m, int64_t n, Body body) {
  int64_t across = (n + MATMUL_TILE - 1) / MATMUL_TILE;
  int64_t count = (m + MATMUL_TILE - 1) / MATMUL_TILE * across;
  for (int64_t index = blockIdx.x; index < products * count; index += gridDim.x) {
    int64_t tile = index % count;
    body(index / count, tile / across, tile % across);
  }
}
