// Rows normalized to mean 0 and variance 1, or to a mean square of 1, then scaled and shifted:
// y = z·w + b with z = (x - μ)·r and r = 1 / √(σ² + ε).

#include "groups.cuh"

#if IS_FLOAT
template <int SIZE>
inline void normalize_rows(char *shared, const NormalizeLaunch &launch, S *y) {
  Group<SIZE> group = {shared};
  int64_t n = launch.rows.n;
  const S *weight = (const S *)launch.weight, *bias = (const S *)launch.bias;
  for (int64_t row = group.first_row(); row < launch.rows.count; row += group.row_step()) {
    const S *x = (const S *)launch.x + row * n;
    double total = 0, mean = 0, squares = 0;
    if (launch.center) {
      for (int64_t i = group.thread(); i < n; i += SIZE) total += LOAD(x[i]);
      mean = group.template join<Sum<double>>(total) / n;
    }
    for (int64_t i = group.thread(); i < n; i += SIZE) {
      double apart = LOAD(x[i]) - mean;
      squares += apart * apart;
    }
    double factor = 1 / sqrt(group.template join<Sum<double>>(squares) / n + launch.eps);
    for (int64_t i = group.thread(); i < n; i += SIZE) {
      T z = (LOAD(x[i]) - (T)mean) * (T)factor;
      if (weight) z *= LOAD(weight[i]);
      if (bias) z += LOAD(bias[i]);
      y[row * n + i] = STORE(z);
    }
    if (group.thread() == 0) {
      launch.means[row] = mean;
      launch.factors[row] = factor;
    }
  }
}

// With h = g·w: dx = r·(h - mean(h) - z·mean(h·z)).
template <int SIZE>
inline void normalize_gradient_rows(
    char *shared, const NormalizeLaunch &launch, const S *gradient, S *dx) {
  Group<SIZE> group = {shared};
  int64_t n = launch.rows.n;
  const S *weight = (const S *)launch.weight;
  for (int64_t row = group.first_row(); row < launch.rows.count; row += group.row_step()) {
    const S *x = (const S *)launch.x + row * n, *g = gradient + row * n;
    T mean = (T)launch.means[row], factor = (T)launch.factors[row];
    double total = 0, along = 0;
    for (int64_t i = group.thread(); i < n; i += SIZE) {
      T h = LOAD(g[i]) * (weight ? LOAD(weight[i]) : 1);
      total += h;
      along += h * ((LOAD(x[i]) - mean) * factor);
    }
    total = launch.center ? group.template join<Sum<double>>(total) / n : 0;
    along = group.template join<Sum<double>>(along) / n;
    for (int64_t i = group.thread(); i < n; i += SIZE) {
      T h = LOAD(g[i]) * (weight ? LOAD(weight[i]) : 1);
      T z = (LOAD(x[i]) - mean) * factor;
      dx[row * n + i] = STORE(factor * (h - (T)total - z * (T)along));
    }
  }
}

#define NORMALIZE_KERNELS(suffix, SIZE)                                                               \
  KERNEL(normalize_##suffix, const NormalizeLaunch launch, S *y) {                              \
    __shared__ __align__(16) char shared[WARPS * 16];                                           \
    normalize_rows<SIZE>(shared, launch, y);                                                    \
  }                                                                                             \
  KERNEL(normalize_gradients_##suffix, const NormalizeLaunch launch, const S *gradient, S *dx) {   \
    __shared__ __align__(16) char shared[WARPS * 16];                                           \
    normalize_gradient_rows<SIZE>(shared, launch, gradient, dx);                                   \
  }
NORMALIZE_KERNELS(warp, WARP)
NORMALIZE_KERNELS(block, LAUNCH_BLOCK)

// dw = Σ g·z and db = Σ g over rows: each block computes the sums of 32 columns, and its warps share the rows.
KERNEL(normalize_columns, const NormalizeLaunch launch, const S *gradient, S *dw, S *db) {
  __shared__ double sums[2][WARPS][WARP];
  int64_t n = launch.rows.n;
  int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
  for (int64_t block = blockIdx.x; block < (n + WARP - 1) / WARP; block += gridDim.x) {
    int64_t column = block * WARP + lane;
    double along = 0, total = 0;
    if (column < n) {
      for (int64_t row = warp; row < launch.rows.count; row += WARPS) {
        T g = LOAD(gradient[row * n + column]);
        T z = LOAD(((const S *)launch.x)[row * n + column]);
        z = (z - (T)launch.means[row]) * (T)launch.factors[row];
        along += g * z;
        total += g;
      }
    }
    sums[0][warp][lane] = along;
    sums[1][warp][lane] = total;
    __syncthreads();
    if (warp == 0 && column < n) {
      for (int k = 1; k < WARPS; k++) {
        along += sums[0][k][lane];
        total += sums[1][k][lane];
      }
      if (dw) dw[column] = STORE((T)along);
      if (db) db[column] = STORE((T)total);
    }
    __syncthreads();
  }
}
#endif
