#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "ramps.h"
#include "reductions.h"
#include "windows.h"

// The parameters of kernels, in C, so that Swift can fill them in and CUDA C++ can read them.

enum {
  /// The largest number of dims of a view, after adjacent dims without gaps are merged.
  LAUNCH_MAX_RANK = 32,
  LAUNCH_MAX_OPERANDS = 4,
  /// The number of threads in a block.
  LAUNCH_BLOCK = 256,
  /// The number of elements that a block sorts at once, and in which one thread counts the true ones.
  SORT_TILE = 1024,
  TRUE_TILE = 32,
  /// The side of the tile of a matrix product that a block computes, and its depth per step.
  MATMUL_TILE = 64,
  MATMUL_DEPTH = 16,
  /// Of a chain of element-wise operations: the steps; the slots for results, few enough for several blocks at a time on
  /// a multiprocessor; and the bytes of each that a thread has.
  FUSED_STEPS = 28,
  FUSED_SLOTS = 6,
  FUSED_BYTES = 16,
  /// The longest rows of queries, keys and values that attention supports, in bytes of the compute type.
  ATTENTION_BYTES = 512,
};

/// Up to four views of the same shape, with dims merged if all views allow it, and strides in elements. For a scalar
/// operand from the CPU, `data` is null and `numbers` holds its bytes.
typedef struct {
  int64_t count;
  int64_t rank;
  int64_t shape[LAUNCH_MAX_RANK];
  int64_t strides[LAUNCH_MAX_RANK][LAUNCH_MAX_OPERANDS];
  void *data[LAUNCH_MAX_OPERANDS];
  int64_t numbers[LAUNCH_MAX_OPERANDS];
} Walk;

/// The tables of operations.
enum { FUSED_UNARY, FUSED_BINARY, FUSED_COMPARISON, FUSED_TEST, FUSED_SELECT };

/// An operand of a step: a slot, if that is not negative; else elements in memory, or a single one if the stride is 0;
/// or the bytes of a scalar from the CPU, if `data` is null.
typedef struct {
  void *data;
  int64_t number;
  int32_t slot, stride;
} FusedOperand;

/// An element-wise operation, whose first operand is the result.
typedef struct {
  int32_t kind, operation;
  double p, q;
  FusedOperand operands[LAUNCH_MAX_OPERANDS];
} FusedStep;

/// A chain of operations on `count` elements each.
typedef struct {
  int64_t count, steps;
  FusedStep step[FUSED_STEPS];
} FusedLaunch;

/// The dims of one view.
typedef struct {
  int64_t count;
  int64_t rank;
  int64_t shape[LAUNCH_MAX_RANK];
  int64_t strides[LAUNCH_MAX_RANK];
} Extents;

/// A reduction of x over the dims `gone`; if it is split into several parts, their totals go to `partial`.
typedef struct {
  Extents kept, gone;
  const void *x;
  void *y;
  void *partial;
  int64_t parts;
  ReductionTerms terms;
} ReductionLaunch;

/// An index out of range that a kernel has noted, in memory that the host can read.
typedef struct {
  int64_t index;
  int64_t is_set;
} InvalidIndex;

/// Rows of n elements, contiguous.
typedef struct {
  int64_t count, n;
} Rows;

/// The parameters of a layer norm or RMS norm; see Backend.normalize.
typedef struct {
  Rows rows;
  bool center;
  double eps;
  const void *x, *weight, *bias;
  double *means, *factors;
} NormalizeLaunch;

/// Batched matrix products, c = a·b or c + a·b, with strides in elements.
typedef struct {
  int64_t m, n, k;
  const void *a, *b;
  void *c;
  int64_t a_row, a_column, b_row, b_column;
  /// The batch dims of a and b; the matrices of c are contiguous.
  Extents a_batch, b_batch;
  bool accumulates;
} MatmulLaunch;

/// A convolution or one of its gradients, as matrix products whose operands are read from images. Each block computes a
/// tile of a product; if the sum over k is split into several `parts`, they go to `partial`.
typedef struct {
  Windows windows;
  /// The numbers of images, of groups, and of input and output channels of a group.
  int64_t images, groups, inputs, outputs;
  const void *left, *right;
  void *result;
  void *partial;
  int64_t parts;
  /// Whether the convolution is added to the old value of the result.
  bool accumulates;
} ConvolutionLaunch;

/// A scatter: stores or adds elements at indices. `keys` walks over (index, x, y) in the dims along which the index
/// varies, `rest` over (x, y) in the others.
typedef struct {
  Walk keys, rest;
  const int64_t *key_of, *order;
  int64_t y_stride;
  bool adding;
} ScatterLaunch;

/// A stream of random numbers: the key, and, in a graph, the count of replays in device memory, else null.
typedef struct {
  uint64_t key;
  const uint64_t *replay;
} RandomLaunch;

/// Attention and its gradients, over a batch of contiguous matrices; the mask has any strides.
typedef struct {
  int64_t batch, rows, keys;
  /// The widths of queries and keys, and of values.
  int64_t width, value_width;
  const void *q, *k, *v;
  const void *mask;
  Extents mask_batch;
  int64_t mask_row, mask_column;
  bool mask_is_bool, is_causal;
  double scale;
  /// The result, and for each of its rows the log-sum-exp of the scores; for gradients also Σ gradient·y.
  void *y, *totals, *along;
  const void *gradient;
  void *dq, *dk, *dv;
} AttentionLaunch;
