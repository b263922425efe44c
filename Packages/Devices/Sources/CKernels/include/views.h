#pragma once
#include <COperations.h>

// Kernels over strided views. A view of `rank` dims (at most FLAMBEAU_MAX_RANK) is a pointer to its
// first element and the strides of its dims, in elements; all views of a call have the given shape
// unless stated otherwise. A stride of 0 broadcasts. The output may overlap an input only if both
// are the same view.

enum { FLAMBEAU_MAX_RANK = 64 };

/// y = op(x); p and q are parameters of some operations. elementwise.h says which dtypes an operation supports.
void flambeau_unary(
    UnaryOperation op, double p, double q, DType dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *x, const long *x_strides);

/// y = op(a, b). elementwise.h says which dtypes an operation supports.
void flambeau_binary(
    BinaryOperation op, DType dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *a, const long *a_strides,
    const void *b, const long *b_strides);

/// The same for `count` contiguous elements.
void flambeau_unary_contiguous(
    UnaryOperation op, double p, double q, DType dtype, long count, void *y, const void *x);
void flambeau_binary_contiguous(
    BinaryOperation op, DType dtype, long count, void *y, const void *a, const void *b);

/// y = op(a, b), where y is bool and dtype is that of a and b.
void flambeau_compare(
    Comparison op, DType dtype, long rank, const long *shape,
    bool *y, const long *y_strides, const void *a, const long *a_strides,
    const void *b, const long *b_strides);

/// y = op(x), where y is bool and dtype is that of x.
void flambeau_test(
    ElementTest op, DType dtype, long rank, const long *shape,
    bool *y, const long *y_strides, const void *x, const long *x_strides);

/// y = a where the condition is true, else b.
void flambeau_select(
    DType dtype, long rank, const long *shape, void *y, const long *y_strides,
    const bool *condition, const long *condition_strides, const void *a, const long *a_strides,
    const void *b, const long *b_strides);

/// y = x, converted from one dtype to another.
void flambeau_convert(
    DType y_dtype, DType x_dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *x, const long *x_strides);

/// Evenly spaced numbers, contiguous.
void flambeau_ramp(DType dtype, Ramp ramp, long count, void *y);

/// y = x reduced over the dims for which `reduced` is true; y is contiguous in the other dims. An index reduction is
/// over one dim, and gives int64; a wide sum gives float64; otherwise y has x's dtype. Sums and products support int64
/// and floating-point dtypes, wide sums and squares only the latter. If there are no elements to reduce, y is left
/// unchanged.
void flambeau_reduce(
    Reduction op, ReductionTerms terms, DType dtype, long rank, const long *shape,
    const bool *reduced, void *y, const void *x, const long *x_strides);

/// y[i…] = x[i… with index[i…] in place of i[dim]], where `size` is x's size in dim; y, index and x
/// (except in dim) have the given shape. If an index is out of range, returns false and the first such index.
bool flambeau_gather(
    DType dtype, long rank, const long *shape, long dim, long size,
    void *y, const long *y_strides, const int64_t *index, const long *index_strides,
    const void *x, const long *x_strides, int64_t *invalid);

/// y[i… with index[i…] in place of i[dim]] = x[i…], or += if adding; otherwise like flambeau_gather.
bool flambeau_scatter(
    bool adding, DType dtype, long rank, const long *shape, long dim, long size,
    void *y, const long *y_strides, const int64_t *index, const long *index_strides,
    const void *x, const long *x_strides, int64_t *invalid);

/// y = exp(x) / Σ exp(x), or its logarithm, along the middle one of three dims, [outer, n, inner]; both contiguous.
void flambeau_softmax(
    DType dtype, bool logarithm, long outer, long n, long inner, void *y, const void *x);
/// The gradient of x, given that of y, g.
void flambeau_softmax_gradients(
    DType dtype, bool logarithm, long outer, long n, long inner, void *dx, const void *g,
    const void *y);

/// The layer norm of contiguous rows of at least one element: z·w + b with z = (x - μ)·r and r = 1 / √(σ² + ε); without
/// centering μ = 0 (RMS norm). weight and bias may be null.
typedef struct {
  long count, length;
  bool center;
  double eps;
  const void *x;
  const void *weight, *bias;
  /// Each row's μ and r.
  double *means, *factors;
} Normalization;

/// Computes y, and the means and factors of `rows`.
void flambeau_normalize(DType dtype, Normalization rows, void *y);

/// The gradients of flambeau_normalize, given that of y, if no second derivatives are needed; dw and db may be null.
void flambeau_normalize_gradients(
    DType dtype, Normalization rows, const void *g, void *dx, void *dw, void *db);

/// Batch norm and group norm of a contiguous x, [outer, channels, inner]: y = (x - μ)·r·w + b with r = 1 / √(σ² + ε).
/// weight and bias, of each channel, may be null.
typedef struct {
  long outer, channels, inner;
  /// The number of groups of channels that are normalized together in each example; 0 if each channel is normalized
  /// over all examples.
  long groups;
  double eps;
  const void *x;
  const void *weight, *bias;
  /// The μ and σ² of each channel, or of each group of each example.
  double *means, *variances;
} ChannelNorm;

/// Computes the means and variances.
void flambeau_channel_statistics(DType dtype, ChannelNorm norm);

/// Computes y, given the means and variances.
void flambeau_channel_norm(DType dtype, ChannelNorm norm, void *y);

/// The gradients of flambeau_channel_norm, given that of y, if no second derivatives are needed; dw and db may be null.
void flambeau_channel_norm_gradients(
    DType dtype, ChannelNorm norm, bool constant_statistics, const void *gradient, void *dx,
    void *dw, void *db);

/// The cross entropy of each row of n elements: log Σ eˣ - x[target], and log Σ eˣ in `totals`, float32 for
/// half-precision dtypes; both are 0 if the target is `ignored`. Contiguous. If a target is out of range, returns false
/// and the first such target.
bool flambeau_cross_entropy(
    DType dtype, long rows, long n, void *losses, void *totals, const void *x,
    const int64_t *target, int64_t ignored, int64_t *invalid);

/// The gradient of flambeau_cross_entropy, given those of the losses, if no second derivatives are needed.
void flambeau_cross_entropy_gradients(
    DType dtype, long rows, long n, void *y, const void *x, void *totals, const int64_t *target,
    int64_t ignored, const void *gradient);

/// The element-wise part of an LSTM step: the activations are applied in place to the gates i, f, g, o, side by side in
/// rows of 4·n; then next = f·c + i·g and h = o·tanh(next).
void flambeau_lstm(
    DType dtype, long rows, long n, void *gates, const void *c, void *next, void *h);

/// The gradients of flambeau_lstm: those of the gates' pre-activations, given the activated gates; in dc, the gradient
/// of c overwrites that of next.
void flambeau_lstm_gradients(
    DType dtype, long rows, long n, void *gradients, void *dc, const void *dh, const void *gates,
    const void *c, const void *next);

/// Cumulative sums or products along the middle one of three dims, [outer, n, inner]; both contiguous. int64 and
/// floating-point dtypes.
void flambeau_scan(
    Reduction op, DType dtype, long outer, long n, long inner, void *y, const void *x);

/// Stable argsort along each row of n elements. NaN counts as the largest.
void flambeau_sort(
    DType dtype, bool descending, long rows, long n, int64_t *places, const void *x);

/// The first `count` of each row's indices in that order.
void flambeau_first(
    DType dtype, bool descending, long rows, long n, long count, int64_t *places, const void *x);

/// The index of each row's element that follows `rank` others in rising order; or of its first NaN, if it has
/// one and a NaN is preferred.
void flambeau_nth(
    DType dtype, bool prefers_nan, long rows, long n, long rank, int64_t *places, const void *x);

/// Binary search, as `torch.searchsorted`: for each of the n elements of a row of x, the number of elements that are
/// smaller, or with `after_equal` not larger, in the same row of `length` sorted ones. NaN counts as the largest.
void flambeau_search(
    DType dtype, bool after_equal, long rows, long n, long length, int64_t *places, const void *x,
    const void *sorted);

/// The number of true elements, contiguous.
long flambeau_count_true(long count, const bool *x);

/// The indices of the true elements of a contiguous x, of which there are `found`.
void flambeau_nonzero(long count, const bool *x, long found, int64_t *places);

/// c = a · b for contiguous m×k and k×n matrices of bool and integer dtypes, which BLAS does not support.
void flambeau_matmul(DType dtype, long m, long n, long k, void *c, const void *a, const void *b);
