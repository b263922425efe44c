#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "ramps.h"
#include "reductions.h"
#include "windows.h"

// What kernels are given, in C, so that the program fills it in and CUDA C++ reads it.

enum {
  /// Dims that a view may have after those that lie without gaps are joined.
  LAUNCH_MAX_RANK = 32,
  LAUNCH_MAX_OPERANDS = 4,
  /// Threads of a block, unless a kernel says otherwise.
  LAUNCH_BLOCK = 256,
  /// Elements that a block sorts at once, and that one thread looks through for what is true.
  SORT_TILE = 1024,
  TRUE_TILE = 32,
  /// The sides of the part of a matrix product that a block makes, and of what it takes at a time.
  MATMUL_TILE = 64,
  MATMUL_DEPTH = 16,
  /// The longest rows of queries, keys and values that attention takes, in bytes as they are computed with.
  ATTENTION_BYTES = 512,
};

/// Up to four views of one shape, whose dims are joined where all allow it. Each has strides in elements; of
/// an operand that is one number known to the program, `data` is null and `numbers` holds its bytes.
typedef struct {
  int64_t count;
  int64_t rank;
  int64_t shape[LAUNCH_MAX_RANK];
  int64_t strides[LAUNCH_MAX_RANK][LAUNCH_MAX_OPERANDS];
  void *data[LAUNCH_MAX_OPERANDS];
  int64_t numbers[LAUNCH_MAX_OPERANDS];
} Walk;

/// Dims of one view.
typedef struct {
  int64_t count;
  int64_t rank;
  int64_t shape[LAUNCH_MAX_RANK];
  int64_t strides[LAUNCH_MAX_RANK];
} Extents;

/// A reduction of x over the dims `gone`, in parts whose totals go to `partial` where there are several.
typedef struct {
  Extents kept, gone;
  const void *x;
  void *y;
  void *partial;
  int64_t parts;
  ReductionTerms terms;
} ReductionLaunch;

/// Where a kernel notes an index that is out of range, in memory that the program can read.
typedef struct {
  int64_t index;
  int64_t is_set;
} InvalidIndex;

/// Rows of n elements, contiguous.
typedef struct {
  int64_t count, n;
} Rows;

/// Rows brought to one scale: see Backend.normalize.
typedef struct {
  Rows rows;
  bool center;
  double eps;
  const void *x, *weight, *bias;
  double *means, *factors;
} NormalizeLaunch;

/// Products of matrices, c = a·b or c + a·b, by strides in elements.
typedef struct {
  int64_t m, n, k;
  const void *a, *b;
  void *c;
  int64_t a_row, a_column, b_row, b_column;
  /// Where the matrices of a batch begin; those of c follow each other.
  Extents a_batch, b_batch;
  bool accumulates;
} MatmulLaunch;

/// A convolution and its derivatives, as products whose matrices are read from images. Each block makes a
/// part of one product; `parts` of the sum over k go to `partial` where there are several.
typedef struct {
  Windows windows;
  /// Images; groups of channels; channels of a group that come in and that go out.
  int64_t images, groups, inputs, outputs;
  const void *left, *right;
  void *result;
  void *partial;
  int64_t parts;
  /// Whether a convolution is added to its result.
  bool accumulates;
} ConvolutionLaunch;

/// Elements that are put, or added, where an index says. `keys` walks over (index, x, y) in the dims that the
/// index distinguishes, `rest` over (x, y) in the others.
typedef struct {
  Walk keys, rest;
  const int64_t *key_of, *order;
  int64_t y_stride;
  bool adding;
} ScatterLaunch;

/// A stream of random numbers: the key, and a counter in the device's memory where a graph is replayed.
typedef struct {
  uint64_t key;
  const uint64_t *replay;
} RandomLaunch;

/// Attention and its derivatives, over a batch of matrices, contiguous; a mask has strides of its own.
typedef struct {
  int64_t batch, rows, keys;
  /// The lengths of queries and keys, and of values.
  int64_t width, value_width;
  const void *q, *k, *v;
  const void *mask;
  Extents mask_batch;
  int64_t mask_row, mask_column;
  bool mask_is_bool, is_causal;
  double scale;
  /// The result, and for each of its rows the logarithm of its sum; for derivatives Σ gradient·y besides.
  void *y, *totals, *along;
  const void *gradient;
  void *dq, *dk, *dv;
} AttentionLaunch;
