#pragma once
#include "include/views.h"

// Copies of elements between strided views, without regard to their dtype.

/// The two innermost dims of a copy; steps are in bytes.
typedef struct {
  long rows, n;
  /// The bytes of an element.
  long size;
  char *y;
  const char *x;
  long y_row, y_step, x_row, x_step;
} Plane;

/// How the elements of a shape are copied: dims in the order of y's memory, and a kernel for the two innermost.
typedef struct {
  /// The number of dims before the two innermost.
  long outer;
  long shape[FLAMBEAU_MAX_RANK];
  long y_steps[FLAMBEAU_MAX_RANK], x_steps[FLAMBEAU_MAX_RANK];
  /// The offsets of the first elements in this order; not 0 if dims run backward.
  long y_start, x_start;
  Plane plane;
  void (*copy)(const Plane *plane);
  /// The largest parts of the planes that are copied at a time.
  long tall, wide;
} CopyPlan;

/// Plans a copy of elements of `size` bytes; strides are in elements.
void copy_prepare(
    CopyPlan *plan, long size, long rank, const long *shape, const long *y_strides,
    const long *x_strides);

/// Copies from x to y; they overlap only if they are the same view.
void copy_run(const CopyPlan *plan, void *y, const void *x, bool parallel);
