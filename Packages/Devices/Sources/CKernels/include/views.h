#pragma once
#include <COperations.h>

// Kernels over strided views. A view of `rank` dims (at most FLAMBEAU_MAX_RANK) is a pointer to its
// first element and the strides of its dims, in elements; all views of a call have the given shape
// unless it says otherwise. A stride of 0 repeats. The output overlaps an input only where both
// are the very same view.

enum { FLAMBEAU_MAX_RANK = 64 };

/// y = op(x), with two numbers that some operations need. Which types an operation takes is in
/// elementwise.h.
void flambeau_unary(
    UnaryOperation op, double p, double q, DType dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *x, const long *x_strides);

/// y = op(a, b). Which types an operation takes is in elementwise.h.
void flambeau_binary(
    BinaryOperation op, DType dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *a, const long *a_strides,
    const void *b, const long *b_strides);

/// The same for `count` elements that lie one after the other.
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

/// Numbers at equal distances, contiguous.
void flambeau_ramp(DType dtype, Ramp ramp, long count, void *y);

/// y = x reduced over the dims that `reduced` marks, where y is contiguous in the other dims. An index
/// is taken over one dim, and is int64; a wide sum is float64; otherwise y has x's dtype. Sums and products take
/// int64 and floating-point types, wide sums and squares the latter. Where there are no elements to reduce, y
/// stays as it is.
void flambeau_reduce(
    Reduction op, ReductionTerms terms, DType dtype, long rank, const long *shape,
    const bool *reduced, void *y, const void *x, const long *x_strides);

/// y[i…] = x[i… with index[i…] in place of i[dim]], where `size` is x's length in dim; y, index and x
/// (but for dim) have the given shape. Returns false, and the first such index, where some index is out of
/// range.
bool flambeau_gather(
    DType dtype, long rank, const long *shape, long dim, long size,
    void *y, const long *y_strides, const int64_t *index, const long *index_strides,
    const void *x, const long *x_strides, int64_t *invalid);

/// y[i… with index[i…] in place of i[dim]] = x[i…], or += if adding; otherwise as flambeau_gather.
bool flambeau_scatter(
    bool adding, DType dtype, long rank, const long *shape, long dim, long size,
    void *y, const long *y_strides, const int64_t *index, const long *index_strides,
    const void *x, const long *x_strides, int64_t *invalid);

/// y = exp(x) / Σ exp(x), or its logarithm, for each of the rows of n elements; both contiguous.
void flambeau_softmax(DType dtype, bool logarithm, long rows, long n, void *y, const void *x);

/// Rows of at least one element, contiguous, brought to one scale: z = (x - μ)·r where r = 1 / √(σ² + ε),
/// and without centering μ is taken as 0; then z·w + b, where weight and bias may be null.
typedef struct {
  long count, length;
  bool center;
  double eps;
  const void *x;
  const void *weight, *bias;
  /// Each row's μ and r.
  double *means, *factors;
} Normalization;

/// The normalized rows, and their means and factors.
void flambeau_normalize(DType dtype, Normalization rows, void *y);

/// The derivatives of the former where no further ones are wanted, given the gradient of y; those of
/// weight and bias may be null.
void flambeau_normalize_gradients(
    DType dtype, Normalization rows, const void *g, void *dx, void *dw, void *db);

/// log Σ eˣ - x at the target of each of the rows of n elements, and the log Σ eˣ, float32 for halves; 0 where the target is
/// `ignored`. Contiguous. Returns false, and the first target that is out of range, where there is one.
bool flambeau_cross_entropy(
    DType dtype, long rows, long n, void *losses, void *totals, const void *x,
    const int64_t *target, int64_t ignored, int64_t *invalid);

/// The derivative of the former where no further one is wanted, given the gradients of the losses.
void flambeau_cross_entropy_gradients(
    DType dtype, long rows, long n, void *y, const void *x, void *totals, const int64_t *target,
    int64_t ignored, const void *gradient);

/// One step of a long short-term memory: with gates i, f, g, o side by side in rows of 4·n, which are bent
/// in place, next = f·c + i·g and h = o·tanh(next).
void flambeau_lstm(
    DType dtype, long rows, long n, void *gates, const void *c, void *next, void *h);

/// Its derivative: the gradients of the gates before they were bent, given the bent ones; and that of c in
/// place of that of next.
void flambeau_lstm_gradients(
    DType dtype, long rows, long n, void *gradients, void *dc, const void *dh, const void *gates,
    const void *c, const void *next);

/// The running sums or products along each of the rows of n elements; both contiguous. int64 and
/// floating-point types.
void flambeau_scan(Reduction op, DType dtype, long rows, long n, void *y, const void *x);

/// The places along each of the rows of n elements in the order of their elements, equal ones in the
/// order in which they stand. NaN counts as the largest.
void flambeau_sort(
    DType dtype, bool descending, long rows, long n, int64_t *places, const void *x);

/// How many elements of each of the rows of `length` sorted ones come before each of the n elements of
/// the same row of x; or, after equal ones, how many do or are equal. NaN counts as the largest.
void flambeau_search(
    DType dtype, bool after_equal, long rows, long n, long length, int64_t *places, const void *x,
    const void *sorted);

/// How many of contiguous elements are true.
long flambeau_count_true(long count, const bool *x);

/// The places of the true ones among contiguous elements, of which there are `found`.
void flambeau_nonzero(const bool *x, long found, int64_t *places);

/// c = a · b for contiguous m×k and k×n matrices, where the types have no BLAS.
void flambeau_matmul(DType dtype, long m, long n, long k, void *c, const void *a, const void *b);
