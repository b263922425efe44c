#pragma once
#include "include/views.h"
#include "row_bodies.h"

// The work of batch norm and group norm, shared by channels.c and channel_columns.c.

typedef struct {
  ChannelNorm norm;
  void *y;
  const void *gradient;
  /// Two totals of each segment.
  double *totals;
  /// Of each segment's terms in the result: a factor of x - μ, one of the gradient, and a constant.
  double *terms;
} ChannelWork;

enum {
  TERMS = 3,
  /// The number of segments of a column: their sums do not depend on the number of threads.
  COLUMN_PARTS = 16,
};

// For the segments of one part of all columns.

/// The sums of x.
extern const RowBody column_sums[FLAMBEAU_DTYPE_COUNT];
/// The sums of (x - μ)².
extern const RowBody column_deviations[FLAMBEAU_DTYPE_COUNT];
/// The sums of g, and of g·(x - μ).
extern const RowBody column_gradient_totals[FLAMBEAU_DTYPE_COUNT];
/// The results.
extern const RowBody column_apply[FLAMBEAU_DTYPE_COUNT];
