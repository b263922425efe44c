#include "loops.h"
#include "include/parallel.h"

void loops_prepare(
    Loops *loops, int operands, long rank, const long *shape, char *const pointers[],
    const long *const strides[], const long item_sizes[]) {
  loops->operands = operands;
  for (int k = 0; k < operands; k++) {
    loops->pointers[k] = pointers[k];
    loops->item_sizes[k] = item_sizes[k];
  }
  loops->rank = flambeau_join_dims(
      operands, rank, shape, strides, loops->shape, &loops->strides[0][0], MAX_OPERANDS);
}

/// Runs the rows from begin to end, counted over the outer dims.
static void run_rows(const Loops *loops, long begin, long end) {
  long outer = loops->rank - 1;
  long n = loops->shape[outer];
  long position[FLAMBEAU_MAX_RANK];
  char *pointers[MAX_OPERANDS];
  for (int k = 0; k < loops->operands; k++) pointers[k] = loops->pointers[k];
  long rest = begin;
  for (long dim = outer - 1; dim >= 0; dim--) {
    position[dim] = rest % loops->shape[dim];
    rest /= loops->shape[dim];
    for (int k = 0; k < loops->operands; k++) {
      pointers[k] += position[dim] * loops->strides[dim][k] * loops->item_sizes[k];
    }
  }
  for (long row = begin; row < end; row++) {
    loops->row(loops, n, pointers, loops->strides[outer]);
    for (long dim = outer - 1; dim >= 0; dim--) {
      bool wraps = ++position[dim] == loops->shape[dim];
      long steps = wraps ? 1 - loops->shape[dim] : 1;
      for (int k = 0; k < loops->operands; k++) {
        pointers[k] += steps * loops->strides[dim][k] * loops->item_sizes[k];
      }
      if (!wraps) break;
      position[dim] = 0;
    }
  }
}

static void run_some_rows(void *context, long begin, long end) { run_rows(context, begin, end); }

static void run_part_of_row(void *context, long begin, long end) {
  const Loops *loops = context;
  char *pointers[MAX_OPERANDS];
  for (int k = 0; k < loops->operands; k++) {
    pointers[k] = loops->pointers[k] + begin * loops->strides[0][k] * loops->item_sizes[k];
  }
  loops->row(loops, end - begin, pointers, loops->strides[0]);
}

void loops_run(Loops *loops, bool parallel) {
  long rows = 1;
  for (long dim = 0; dim < loops->rank; dim++) {
    if (loops->shape[dim] == 0) return;
    if (dim < loops->rank - 1) rows *= loops->shape[dim];
  }
  if (loops->rank == 0) {
    loops->rank = 1;
    loops->shape[0] = 1;
    for (int k = 0; k < loops->operands; k++) loops->strides[0][k] = 0;
  }
  long n = loops->shape[loops->rank - 1];
  if (!parallel || rows * n <= LOOPS_GRAIN) {
    run_rows(loops, 0, rows);
  } else if (rows == 1) {
    flambeau_parallel(n, LOOPS_GRAIN, run_part_of_row, loops);
  } else {
    flambeau_parallel(rows, LOOPS_GRAIN / n + 1, run_some_rows, loops);
  }
}

void loops_over(
    Row row, void *context, int operands, long rank, const long *shape, char *const pointers[],
    const long *const strides[], const long item_sizes[]) {
  if (rank == 1 && shape[0] <= LOOPS_GRAIN) {
    // For a small row, preparing the loops would take longer than running it.
    if (shape[0] == 0) return;
    long steps[MAX_OPERANDS];
    for (int k = 0; k < operands; k++) steps[k] = strides[k][0];
    Loops bare;
    bare.context = context;
    row(&bare, shape[0], pointers, steps);
    return;
  }
  Loops loops;
  loops.row = row;
  loops.context = context;
  loops_prepare(&loops, operands, rank, shape, pointers, strides, item_sizes);
  if (!loops_run_packed(&loops)) loops_run(&loops, true);
}
