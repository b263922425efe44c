#pragma once
#include "dims.h"
#include "fusion.h"

// A chain of element-wise operations, and of reductions of their results, in one pass.

enum {
  MAX_STEPS = 32,
  MAX_VIEWS = 16,
  MAX_SLOTS = 16,
};

/// An operand: elements in memory, or in a slot of scratch memory.
typedef struct {
  char *pointer;
  /// 1 if the elements follow each other, 0 if they are all the same.
  long stride;
  long size;
  int slot;
  /// If neither, the elements, which are copied before they are read; else null.
  const Dims *view;
  /// The memory that it spans.
  const char *begin, *end;
} Place;

/// An element-wise kernel, or else a reduction of places[1], row by row, into places[0].
typedef struct {
  Row row;
  Numbers numbers;
  int operands;
  Place places[MAX_OPERANDS];
  RowReduction reduction;
  ReductionTerms terms;
} Step;

typedef struct {
  /// The elements of each operand, and of each row that is reduced, or 0.
  long n, columns;
  Step steps[MAX_STEPS];
  Dims views[MAX_VIEWS];
  int view_count;
  /// One reference to the storage of each operand, so that no other thread can free it.
  Storage *storages[MAX_STEPS * MAX_OPERANDS];
  int storage_count;
} Chain;

/// Runs the first `count` steps, all of them on one block of elements, while it is in the cache, before the next block.
void chain_run(const Chain *chain, int count);
