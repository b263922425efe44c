#pragma once
#include "include/views.h"

// A walk over up to four views of one shape, as rows: an inner loop over the last dim, which a
// kernel writes out, and an outer one over the rest, shared among threads.

enum {
  MAX_OPERANDS = 4,
  /// Fewer elements than this are not worth waking a thread for.
  LOOPS_GRAIN = 32768,
};

typedef struct Loops Loops;

/// Handles one row: n elements from each pointer, with each operand's stride.
typedef void (*Row)(
    const Loops *loops, long n, char *const pointers[MAX_OPERANDS],
    const long strides[MAX_OPERANDS]);

struct Loops {
  int operands;
  char *pointers[MAX_OPERANDS];
  long item_sizes[MAX_OPERANDS];
  /// Dims without those of size 1, adjacent ones joined where every operand allows.
  long rank;
  long shape[FLAMBEAU_MAX_RANK];
  long strides[FLAMBEAU_MAX_RANK][MAX_OPERANDS];
  Row row;
  /// What the kernel needs besides.
  void *context;
};

/// Prepares a walk. `strides` holds an array of `rank` strides for each operand.
void loops_prepare(
    Loops *loops, int operands, long rank, const long *shape, char *const pointers[],
    const long *const strides[], const long item_sizes[]);

/// Runs it; `parallel` if rows may run at the same time.
void loops_run(Loops *loops, bool parallel);

/// Prepares and runs a walk whose rows may run at the same time.
void loops_over(
    Row row, void *context, int operands, long rank, const long *shape, char *const pointers[],
    const long *const strides[], const long item_sizes[]);
