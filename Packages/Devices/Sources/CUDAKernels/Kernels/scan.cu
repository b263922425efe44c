// Cumulative sums and products along rows, accumulated as Total. A block handles a row, 256 elements at a time.

#include "groups.cuh"

#if HAS_TOTALS
/// The inclusive scan of the threads' values, and the total of all of them.
template <class J>
inline Total totals_up_to(Total *shared, Total x, Total &all) {
  shared[threadIdx.x] = x;
  __syncthreads();
  for (int distance = 1; distance < LAUNCH_BLOCK; distance *= 2) {
    Total before = (int)threadIdx.x >= distance ? shared[threadIdx.x - distance] : J::first();
    __syncthreads();
    J::join(before, x);
    x = before;
    shared[threadIdx.x] = x;
    __syncthreads();
  }
  all = shared[LAUNCH_BLOCK - 1];
  __syncthreads();
  return x;
}

template <class J>
inline void scan_rows(Total *shared, const Rows &rows, S *y, const S *x) {
  for (int64_t row = blockIdx.x; row < rows.count; row += gridDim.x) {
    Total total = J::first();
    for (int64_t start = 0; start < rows.n; start += LAUNCH_BLOCK) {
      int64_t i = row * rows.n + start + threadIdx.x;
      bool is_inside = start + (int64_t)threadIdx.x < rows.n;
      Total all, own = totals_up_to<J>(shared, is_inside ? (Total)LOAD(x[i]) : J::first(), all);
      Total before = total;
      J::join(before, own);
      if (is_inside) y[i] = STORE((T)before);
      J::join(total, all);
    }
  }
}

#define SCAN(name, ...)                                    \
  KERNEL(scan_##name, Rows rows, S *y, const S *x) {       \
    __shared__ Total shared[LAUNCH_BLOCK];                 \
    scan_rows<__VA_ARGS__>(shared, rows, y, x);            \
  }
SCAN(sum, Sum<Total>)
SCAN(product, Product<Total>)
#endif
