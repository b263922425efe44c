#pragma once
#include "include/views.h"

// Loops over up to four views of the same shape, by rows: the inner loop over the last dim is a kernel's row
// function, and the outer loop over the rest is shared among threads.

enum {
  MAX_OPERANDS = 4,
  /// The smallest number of elements worth waking a thread for.
  LOOPS_GRAIN = 32768,
};

typedef struct Loops Loops;

/// Computes one row: n elements from each pointer, with each operand's stride.
typedef void (*Row)(
    const Loops *loops, long n, char *const pointers[MAX_OPERANDS],
    const long strides[MAX_OPERANDS]);

struct Loops {
  int operands;
  char *pointers[MAX_OPERANDS];
  long item_sizes[MAX_OPERANDS];
  /// The dims without those of size 1, with adjacent ones merged if all operands allow it.
  long rank;
  long shape[FLAMBEAU_MAX_RANK];
  long strides[FLAMBEAU_MAX_RANK][MAX_OPERANDS];
  Row row;
  /// The kernel's other arguments.
  void *context;
};

/// Prepares loops. `strides` holds an array of `rank` strides for each operand.
void loops_prepare(
    Loops *loops, int operands, long rank, const long *shape, char *const pointers[],
    const long *const strides[], const long item_sizes[]);

/// Runs prepared loops; `parallel` if rows may run concurrently.
void loops_run(Loops *loops, bool parallel);

/// Runs prepared loops by tiles whose operands are copied to contiguous memory, if rows are short or an operand is
/// transposed relative to them, and else returns false.
bool loops_run_packed(const Loops *loops);

/// Prepares and runs loops whose rows may run concurrently.
void loops_over(
    Row row, void *context, int operands, long rank, const long *shape, char *const pointers[],
    const long *const strides[], const long item_sizes[]);
