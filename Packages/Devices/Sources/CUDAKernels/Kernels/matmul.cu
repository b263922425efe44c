// Matrix products for dtypes that cuBLAS does not support.

#include "tiles.cuh"

KERNEL(matmul, const MatmulLaunch launch) {
  __shared__ Tiles tiles;
  each_tile(launch.a_batch.count, launch.m, launch.n, [&](int64_t matrix, int64_t row, int64_t column) {
    const S *a = (const S *)launch.a + seek(launch.a_batch, matrix);
    const S *b = (const S *)launch.b + seek(launch.b_batch, matrix);
    S *c = (S *)launch.c + matrix * launch.m * launch.n;
    multiply_tile(
        tiles, launch.m, launch.n, 0, launch.k, row, column,
        [=](int64_t i, int64_t p) {
          return (Number)LOAD(a[i * launch.a_row + p * launch.a_column]);
        },
        [=](int64_t p, int64_t j) {
          return (Number)LOAD(b[p * launch.b_row + j * launch.b_column]);
        },
        [=](int64_t i, int64_t j, Number sum) {
          S *place = c + i * launch.n + j;
          *place = STORE((T)(launch.accumulates ? (Number)LOAD(*place) + sum : sum));
        });
  });
}
