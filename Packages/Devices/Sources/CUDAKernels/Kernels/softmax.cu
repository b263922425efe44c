// Softmax and log-softmax along rows, y = eˣ⁻ᵐ / Σ eˣ⁻ᵐ and y = x - m - log Σ eˣ⁻ᵐ, where m is the row's
// maximum; and the cross entropy, which is the negative log-softmax at the target.

#include "groups.cuh"

#if IS_FLOAT
/// m and Σ eˣ⁻ᵐ of a row.
template <int SIZE>
inline void totals_of_row(
    const Group<SIZE> &group, int64_t n, const S *x, T &maximum, double &sum) {
  T best = least<T>();
  for (int64_t i = group.thread(); i < n; i += SIZE) Maximum<T>::join(best, LOAD(x[i]));
  maximum = group.template join<Maximum<T>>(best);
  double total = 0;
  for (int64_t i = group.thread(); i < n; i += SIZE) total += exp(LOAD(x[i]) - maximum);
  sum = group.template join<Sum<double>>(total);
}

template <int SIZE>
inline void softmax_rows(
    char *shared, const Rows &rows, S *y, const S *x, bool logarithm) {
  Group<SIZE> group = {shared};
  for (int64_t row = group.first_row(); row < rows.count; row += group.row_step()) {
    const S *in = x + row * rows.n;
    S *out = y + row * rows.n;
    T maximum;
    double sum;
    totals_of_row(group, rows.n, in, maximum, sum);
    T shift = maximum + (T)log(sum), factor = (T)(1 / sum);
    for (int64_t i = group.thread(); i < rows.n; i += SIZE) {
      out[i] = STORE(logarithm ? LOAD(in[i]) - shift : exp(LOAD(in[i]) - maximum) * factor);
    }
  }
}

template <int SIZE>
inline void cross_entropy_rows(
    char *shared, const Rows &rows, S *losses, T *totals, const S *x, const int64_t *target,
    int64_t ignored, InvalidIndex *invalid) {
  Group<SIZE> group = {shared};
  for (int64_t row = group.first_row(); row < rows.count; row += group.row_step()) {
    T maximum;
    double sum;
    totals_of_row(group, rows.n, x + row * rows.n, maximum, sum);
    if (group.thread() > 0) continue;
    T total = maximum + (T)log(sum);
    int64_t place = target[row];
    if (place == ignored) {
      totals[row] = 0;
      losses[row] = STORE((T)0);
      continue;
    }
    if (place < 0 || place >= rows.n) {
      invalid->index = place;
      invalid->is_set = 1;
      place = 0;
    }
    totals[row] = total;
    losses[row] = STORE(total - LOAD(x[row * rows.n + place]));
  }
}

#define SOFTMAX_KERNELS(suffix, SIZE)                                                               \
  KERNEL(softmax_##suffix, Rows rows, S *y, const S *x, bool logarithm) {                       \
    __shared__ __align__(16) char shared[WARPS * 16];                                           \
    softmax_rows<SIZE>(shared, rows, y, x, logarithm);                                          \
  }                                                                                             \
  KERNEL(cross_entropy_##suffix, Rows rows, S *losses, T *totals, const S *x,                   \
         const int64_t *target, int64_t ignored, InvalidIndex *invalid) {                       \
    __shared__ __align__(16) char shared[WARPS * 16];                                           \
    cross_entropy_rows<SIZE>(shared, rows, losses, totals, x, target, ignored, invalid);        \
  }
SOFTMAX_KERNELS(warp, WARP)
SOFTMAX_KERNELS(block, LAUNCH_BLOCK)

// (softmax(x) - onehot(target))·g, or 0 if the target is ignored.
KERNEL(cross_entropy_gradients, Rows rows, S *y, const S *x, const T *totals, const int64_t *target,
       int64_t ignored, const S *gradient) {
  for (int64_t i = first_index(); i < rows.count * rows.n; i += index_step()) {
    int64_t row = i / rows.n;
    if (target[row] == ignored) {
      y[i] = STORE((T)0);
      continue;
    }
    T share = exp(LOAD(x[i]) - totals[row]);
    if (i - row * rows.n == target[row]) share -= 1;
    y[i] = STORE(share * LOAD(gradient[row]));
  }
}
#endif
