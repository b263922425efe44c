#include "copies.h"

#include <stdlib.h>

#include "copy_planes.h"
#include "include/parallel.h"

enum {
  /// The bytes worth a thread.
  GRAIN = 131072,
  /// The longest part of a row.
  WIDE = 32768,
  /// The longest rows that are copied without a call.
  SHORT = 512,
  CACHE_LINE = 64,
};

typedef void (*CopyPlane)(const Plane *plane);

static CopyPlane rows_kernel(long length) {
  switch (length) {
#define X(bytes) \
  case bytes: return rows_of_##bytes;
    ROW_LENGTHS(X)
#undef X
  }
  return length > SHORT ? long_rows
         : length > 64  ? short_rows_by_64
         : length > 32  ? short_rows_by_32
         : length > 16  ? short_rows_by_16
         : length > 8   ? short_rows_by_8
         : length > 4   ? short_rows_by_4
                        : short_rows_by_2;
}

static CopyPlane kernel(const Plane *p) {
  if (p->y_step == p->size && p->x_step == p->size) return rows_kernel(p->n * p->size);
#define X(name, bytes) \
  case bytes: return name##_##bytes;
#define OF_SIZE(name) \
  switch (p->size) {  \
    X(name, 1)        \
    X(name, 2)        \
    X(name, 4)        \
    X(name, 8)        \
  }
  if (p->y_step == p->size) {
    if (p->x_row == p->size && p->rows > 1) OF_SIZE(transposed)
    if (p->x_step == 0) OF_SIZE(repeated)
    if (p->x_step == -p->size) OF_SIZE(reversed)
    OF_SIZE(spread)
  }
  OF_SIZE(any_rows)
#undef OF_SIZE
#undef X
  abort();
}

// Sorts the dims by y's steps, from the largest to the smallest, which become positive.
static void sort_dims(CopyPlan *plan, long rank) {
  for (long place = 0; place < rank; place++) {
    long size = plan->shape[place], y = plan->y_steps[place], x = plan->x_steps[place];
    if (y < 0) {
      plan->y_start += (size - 1) * y;
      plan->x_start += (size - 1) * x;
      y = -y;
      x = -x;
    }
    long to = place;
    for (; to > 0 && plan->y_steps[to - 1] < y; to--) {
      plan->shape[to] = plan->shape[to - 1];
      plan->y_steps[to] = plan->y_steps[to - 1];
      plan->x_steps[to] = plan->x_steps[to - 1];
    }
    plan->shape[to] = size;
    plan->y_steps[to] = y;
    plan->x_steps[to] = x;
  }
}

static void swap(long *a, long *b) {
  long c = *a;
  *a = *b;
  *b = c;
}

static void swap_with_next(CopyPlan *plan, long dim) {
  swap(&plan->shape[dim], &plan->shape[dim + 1]);
  swap(&plan->y_steps[dim], &plan->y_steps[dim + 1]);
  swap(&plan->x_steps[dim], &plan->x_steps[dim + 1]);
}

// If x is contiguous along another dim than the innermost, moves it next to that one, for a transposed plane; or after
// it, if that one is too short for blocks.
static void bring_contiguous(CopyPlan *plan, long rank, long size) {
  long last = rank - 1;
  if (plan->x_steps[last] == size) return;
  for (long dim = last - 1; dim >= 0; dim--) {
    if (plan->x_steps[dim] != size) continue;
    bool is_narrow = plan->shape[last] < 4 && plan->shape[dim] > plan->shape[last];
    for (; dim < (is_narrow ? last : last - 1); dim++) swap_with_next(plan, dim);
    return;
  }
}

static void choose_parts(CopyPlan *plan) {
  const Plane *p = &plan->plane;
  plan->wide = WIDE / p->size;
  if (p->y_step != p->size) {
    // Rows that share cache lines of y are written together.
    plan->tall = CACHE_LINE / p->size;
    plan->wide /= plan->tall;
  } else if (p->x_row == p->size && p->x_step != p->size) {
    // The cache lines that hold a few columns of x are read once.
    plan->tall = CACHE_LINE / p->size;
  } else {
    long width = p->n < plan->wide ? p->n : plan->wide;
    plan->tall = WIDE / (width * p->size + 1) + 1;
  }
}

void copy_prepare(
    CopyPlan *plan, long size, long rank, const long *shape, const long *y_strides,
    const long *x_strides) {
  plan->y_start = plan->x_start = 0;
  for (long dim = 0; dim < rank; dim++) {
    plan->shape[dim] = shape[dim];
    plan->y_steps[dim] = y_strides[dim] * size;
    plan->x_steps[dim] = x_strides[dim] * size;
  }
  sort_dims(plan, rank);
  long joined[FLAMBEAU_MAX_RANK][2];
  rank = flambeau_join_dims(
      2, rank, plan->shape, (const long *const[]){plan->y_steps, plan->x_steps}, plan->shape,
      &joined[0][0], 2);
  for (long dim = 0; dim < rank; dim++) {
    plan->y_steps[dim] = joined[dim][0];
    plan->x_steps[dim] = joined[dim][1];
  }
  // A few contiguous elements are copied as one larger element.
  while (rank > 1 && plan->y_steps[rank - 1] == size && plan->x_steps[rank - 1] == size &&
         (plan->shape[rank - 1] * size == 2 || plan->shape[rank - 1] * size == 4 ||
          plan->shape[rank - 1] * size == 8)) {
    size *= plan->shape[--rank];
  }
  if (rank > 0) bring_contiguous(plan, rank, size);
  long row = rank - 2, last = rank - 1;
  plan->plane = (Plane){
      .rows = row >= 0 ? plan->shape[row] : 1,
      .n = last >= 0 ? plan->shape[last] : 1,
      .size = size,
      .y_row = row >= 0 ? plan->y_steps[row] : 0,
      .x_row = row >= 0 ? plan->x_steps[row] : 0,
      .y_step = last >= 0 ? plan->y_steps[last] : size,
      .x_step = last >= 0 ? plan->x_steps[last] : size,
  };
  plan->outer = row > 0 ? row : 0;
  plan->copy = kernel(&plan->plane);
  choose_parts(plan);
}

typedef struct {
  const CopyPlan *plan;
  char *y;
  const char *x;
  // The number of parts of a plane, down and across.
  long down, across;
} Work;

static long least(long a, long b) { return a < b ? a : b; }

// Copies the parts of planes from begin to end.
static void copy_parts(void *context, long begin, long end) {
  const Work *work = context;
  const CopyPlan *plan = work->plan;
  long position[FLAMBEAU_MAX_RANK];
  char *y = work->y;
  const char *x = work->x;
  long across = begin % work->across, down = begin / work->across % work->down;
  long rest = begin / work->across / work->down;
  for (long dim = plan->outer - 1; dim >= 0; dim--) {
    position[dim] = rest % plan->shape[dim];
    rest /= plan->shape[dim];
    y += position[dim] * plan->y_steps[dim];
    x += position[dim] * plan->x_steps[dim];
  }
  Plane part = plan->plane;
  for (long place = begin; place < end; place++) {
    long top = down * plan->tall, left = across * plan->wide;
    part.rows = least(plan->plane.rows - top, plan->tall);
    part.n = least(plan->plane.n - left, plan->wide);
    part.y = y + top * part.y_row + left * part.y_step;
    part.x = x + top * part.x_row + left * part.x_step;
    plan->copy(&part);
    if (++across < work->across) continue;
    across = 0;
    if (++down < work->down) continue;
    down = 0;
    for (long dim = plan->outer - 1; dim >= 0; dim--) {
      bool wraps = ++position[dim] == plan->shape[dim];
      long steps = wraps ? 1 - plan->shape[dim] : 1;
      y += steps * plan->y_steps[dim];
      x += steps * plan->x_steps[dim];
      if (!wraps) break;
      position[dim] = 0;
    }
  }
}

void copy_run(const CopyPlan *plan, void *y, const void *x, bool parallel) {
  const Plane *plane = &plan->plane;
  long planes = 1;
  for (long dim = 0; dim < plan->outer; dim++) planes *= plan->shape[dim];
  Work work = {
      .plan = plan,
      .y = (char *)y + plan->y_start,
      .x = (const char *)x + plan->x_start,
      .down = (plane->rows + plan->tall - 1) / plan->tall,
      .across = (plane->n + plan->wide - 1) / plan->wide,
  };
  long parts = planes * work.down * work.across;
  if (parts == 0) return;
  long bytes = planes * plane->rows * plane->n * plane->size;
  if (parallel) {
    flambeau_parallel(parts, GRAIN / (bytes / parts + 1) + 1, copy_parts, &work);
  } else {
    copy_parts(&work, 0, parts);
  }
}
