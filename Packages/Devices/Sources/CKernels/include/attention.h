#pragma once
#include <COperations.h>

/// The sizes and options of a call of attention.
typedef struct {
  /// The number of dims of the batch, at most FLAMBEAU_MAX_RANK - 2.
  long rank;
  /// The number of queries, and that of keys, for each index of the batch.
  long rows, keys;
  /// The widths of queries and keys, and of values.
  long width, value_width;
  /// Whether queries attend only to keys up to their own position.
  bool is_causal;
  /// Whether the mask is bool, false where a key is hidden; otherwise it is added to the scores.
  bool mask_is_bool;
  double scale;
} AttentionSizes;

/// y = softmax(q·kᵀ·scale + mask)·v for matrices over a batch of the given shape, and in `totals` the
/// log-sum-exp of each row of scores, contiguous and of the compute type. Strides are those of the
/// batch, of rows and of columns; columns are contiguous, except those of the mask, which may be null.
void flambeau_attention(
    DType dtype, AttentionSizes sizes, const long *shape, void *y, const long *y_strides,
    void *totals, const void *q, const long *q_strides, const void *k, const long *k_strides,
    const void *v, const long *v_strides, const void *mask, const long *mask_strides);

/// The gradients of flambeau_attention, given that of y, if no second derivatives are needed.
void flambeau_attention_gradients(
    DType dtype, AttentionSizes sizes, const long *shape, void *dq, const long *dq_strides,
    void *dk, const long *dk_strides, void *dv, const long *dv_strides, const void *gradient,
    const long *gradient_strides, const void *y, const long *y_strides, const void *totals,
    const void *q, const long *q_strides, const void *k, const long *k_strides, const void *v,
    const long *v_strides, const void *mask, const long *mask_strides);
