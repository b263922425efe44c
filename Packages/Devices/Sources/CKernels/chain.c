#include "chain.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "include/parallel.h"

typedef union {
  double number;
  int64_t whole;
} Total;

typedef struct {
  const Chain *chain;
  int count;
  /// The number of parts of a single total, and the part that each reduction has computed of it.
  long parts;
  Total (*totals)[FLAMBEAU_MAX_PARTS];
} Program;

#define COPIES(size, T)                                           \
  case size:                                                      \
    for (long i = 0; i < n; i++) ((T *)to)[i] = *(const T *)from; \
    break;

static void copy_row(char *to, const char *from, long stride, long size, long n) {
  if (stride == 1) {
    memcpy(to, from, n * size);
    return;
  }
  switch (size) {
    COPIES(1, uint8_t)
    COPIES(2, uint16_t)
    COPIES(4, uint32_t)
    COPIES(8, uint64_t)
  }
}

// Copies `count` elements of a view from the position `first` on.
static void copy_view(char *to, const Place *place, long first, long count) {
  const Dims *view = place->view;
  long last = view->rank - 1, length = view->shape[last], stride = view->strides[last];
  long position[FLAMBEAU_MAX_RANK], column = first % length;
  long offset = dims_seek(view, 1, first / length, position);
  while (count > 0) {
    long n = length - column < count ? length - column : count;
    copy_row(
        to, place->pointer + (offset + column * stride) * place->size, stride, place->size, n);
    to += n * place->size;
    count -= n;
    column = 0;
    offset = dims_next(view, 1, position, offset);
  }
}

// Adds a block's elements to the totals of their rows, and stores those of rows that end.
static void reduce_block(
    const Program *program, const Step *step, Total *total, const char *x, long first, long count,
    long part_begin) {
  long columns = program->chain->columns;
  for (long i = 0, n; i < count; i += n) {
    long row = (first + i) / columns, column = (first + i) % columns;
    n = columns - column < count - i ? columns - column : count - i;
    bool begins = column == 0 || first + i == part_begin;
    step->reduction.add(total, begins, n, x + i * step->places[1].size);
    if (column + n == columns && program->parts == 0) {
      step->reduction.store(step->places[0].pointer, row, total, &step->terms);
    }
  }
}

// The elements begin ..< end, block by block. A block ends where a row does that is reduced.
static void run_blocks(const Program *program, long begin, long end, Total totals[]) {
  const Chain *chain = program->chain;
  alignas(64) char slots[MAX_SLOTS][FLAMBEAU_BLOCK * sizeof(double)];
  alignas(64) char copies[MAX_OPERANDS][FLAMBEAU_BLOCK * sizeof(double)];
  long columns = chain->columns ? chain->columns : end;
  long block = columns < FLAMBEAU_BLOCK ? FLAMBEAU_BLOCK / columns * columns : FLAMBEAU_BLOCK;
  for (long first = begin, count; first < end; first += count) {
    long rest = columns < FLAMBEAU_BLOCK || program->parts ? end - first : columns - first % columns;
    count = rest < block ? rest : block;
    for (int number = 0; number < program->count; number++) {
      const Step *step = &chain->steps[number];
      char *pointers[MAX_OPERANDS];
      long strides[MAX_OPERANDS];
      for (int k = 0; k < step->operands; k++) {
        const Place *place = &step->places[k];
        strides[k] = place->stride;
        if (place->view) {
          copy_view(pointers[k] = copies[k], place, first, count);
        } else if (place->slot >= 0) {
          pointers[k] = slots[place->slot];
        } else {
          pointers[k] = place->pointer + first * place->stride * place->size;
        }
      }
      if (!step->row) {
        reduce_block(program, step, &totals[number], pointers[1], first, count, begin);
        continue;
      }
      Loops bare;
      bare.context = (void *)&step->numbers;
      step->row(&bare, count, pointers, strides);
    }
  }
}

static void run_elements(void *context, long begin, long end) {
  run_blocks(context, begin, end, NULL);
}

static void run_rows(void *context, long begin, long end) {
  const Program *program = context;
  long columns = program->chain->columns;
  Total totals[MAX_STEPS];
  run_blocks(program, begin * columns, end * columns, totals);
}

static void run_parts(void *context, long begin, long end) {
  const Program *program = context;
  long n = program->chain->n;
  for (long part = begin; part < end; part++) {
    Total totals[MAX_STEPS];
    run_blocks(program, n * part / program->parts, n * (part + 1) / program->parts, totals);
    for (int number = 0; number < program->count; number++) {
      program->totals[number][part] = totals[number];
    }
  }
}

// A single total is joined from the same parts as that of a reduction by itself.
static void run_total(Program *program) {
  const Chain *chain = program->chain;
  Total totals[MAX_STEPS][FLAMBEAU_MAX_PARTS];
  program->parts = flambeau_parts_of_total(chain->n);
  program->totals = totals;
  flambeau_parallel(program->parts, 1, run_parts, program);
  for (int number = 0; number < program->count; number++) {
    const Step *step = &chain->steps[number];
    if (step->row) continue;
    for (long part = 1; part < program->parts; part++) {
      step->reduction.join(&totals[number][0], &totals[number][part]);
    }
    step->reduction.store(step->places[0].pointer, 0, &totals[number][0], &step->terms);
  }
}

// A single kernel with views runs as if it had not been postponed.
static void run_alone(const Step *step) {
  long strides[MAX_OPERANDS][FLAMBEAU_MAX_RANK], sizes[MAX_OPERANDS];
  const Dims *shape = NULL;
  for (int k = 0; k < step->operands; k++) {
    if (step->places[k].view) shape = step->places[k].view;
  }
  char *pointers[MAX_OPERANDS];
  const long *rows[MAX_OPERANDS];
  for (int k = 0; k < step->operands; k++) {
    const Place *place = &step->places[k];
    long contiguous = place->stride;
    for (long dim = shape->rank - 1; dim >= 0; dim--) {
      strides[k][dim] = place->view ? place->view->strides[dim] : contiguous;
      contiguous *= shape->shape[dim];
    }
    pointers[k] = place->pointer;
    rows[k] = strides[k];
    sizes[k] = place->size;
  }
  Numbers numbers = step->numbers;
  loops_over(
      step->row, &numbers, step->operands, shape->rank, shape->shape, pointers, rows, sizes);
}

void chain_run(const Chain *chain, int count) {
  Program program = {.chain = chain, .count = count};
  long n = chain->n, columns = chain->columns;
  if (count == 1 && chain->view_count > 0) {
    run_alone(&chain->steps[0]);
  } else if (columns == 0) {
    flambeau_parallel(n, LOOPS_GRAIN, run_elements, &program);
  } else if (columns == n) {
    run_total(&program);
  } else {
    flambeau_parallel(n / columns, LOOPS_GRAIN / columns + 1, run_rows, &program);
  }
}
