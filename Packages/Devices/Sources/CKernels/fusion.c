#include "fusion.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dims.h"
#include "include/parallel.h"

enum {
  /// Fewer elements are in the cache anyway.
  MIN_POSTPONED = 8192,
  MAX_STEPS = 32,
  MAX_KEPT = 96,
  MAX_VIEWS = 16,
  MAX_SLOTS = 16,
  /// Shorter rows of a view are copied too slowly.
  MIN_VIEW_ROW = 16,
};

/// An operand: elements in memory, or in a slot of scratch memory.
typedef struct {
  char *pointer;
  /// 1 if the elements follow each other, 0 if they are all the same.
  long stride;
  long size;
  int slot;
  /// Other elements: which are copied before they are read. Else null.
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
  /// The elements of each operand, and of each row that is reduced.
  long n, columns;
  Step steps[MAX_STEPS];
  Dims views[MAX_VIEWS];
  int view_count;
  /// Storages that have no reference any more.
  Storage *kept[MAX_KEPT];
  int kept_count;
} Postponed;

_Thread_local Fusion flambeau_fusion;
static _Thread_local Postponed *postponed;

static bool is_same(const Place *a, const Place *b) {
  return a->pointer == b->pointer && a->stride == b->stride && a->size == b->size && !a->view &&
         !b->view;
}

// Blocks can be taken one after the other if an operand that a step writes is, for other steps, the same operand or
// other memory.
static bool conflicts(const Step *step, bool even_if_same) {
  for (int other = 0; other < flambeau_fusion.count; other++) {
    const Step *earlier = &postponed->steps[other];
    for (int k = 0; k < earlier->operands; k++) {
      const Place *place = &earlier->places[k];
      for (int own = 0; own < step->operands; own++) {
        const Place *mine = &step->places[own];
        // Two reads do not conflict.
        if (k > 0 && own > 0) continue;
        if (!even_if_same && is_same(place, mine)) continue;
        if (place->begin < mine->end && mine->begin < place->end) return true;
      }
    }
  }
  return false;
}

static Place place_of(char *pointer, long size, const Dims *dims) {
  Place place = {.pointer = pointer, .size = size, .slot = -1, .begin = pointer, .end = pointer};
  long contiguous = 1;
  bool is_contiguous = true, is_one = true;
  for (long dim = dims->rank - 1; dim >= 0; dim--) {
    long stride = dims->strides[dim], span = (dims->shape[dim] - 1) * stride * size;
    *(span < 0 ? &place.begin : &place.end) += span;
    is_contiguous &= stride == contiguous;
    is_one &= stride == 0;
    contiguous *= dims->shape[dim];
  }
  place.end += size;
  place.stride = is_one ? 0 : 1;
  place.view = is_one || is_contiguous ? NULL : dims;
  return place;
}

// Whether a step's result is contiguous, and its views can be copied by rows. Those move to the postponed ones.
static bool keeps_views(Step *step) {
  int count = 0;
  if (step->places[0].view || step->places[0].stride != 1) return false;
  for (int k = 0; k < step->operands; k++) {
    const Dims *view = step->places[k].view;
    if (!view) continue;
    long last = view->rank - 1, stride = view->strides[last];
    if (view->shape[last] < MIN_VIEW_ROW || stride < 0 || stride > 1) return false;
    count++;
  }
  if (postponed->view_count + count > MAX_VIEWS) flambeau_run_postponed();
  for (int k = 0; k < step->operands; k++) {
    if (!step->places[k].view) continue;
    Dims *kept = &postponed->views[postponed->view_count++];
    *kept = *step->places[k].view;
    step->places[k].view = kept;
  }
  return true;
}

static void append(const Step *step, long n) {
  postponed->n = n;
  postponed->steps[flambeau_fusion.count++] = *step;
}

bool postpones(
    Row row, const Numbers *numbers, int operands, long rank, const long *shape,
    char *const pointers[], const long *const strides[], const long item_sizes[]) {
  flambeau_fusion.may_postpone = false;
  long n = 1;
  for (long dim = 0; dim < rank; dim++) n *= shape[dim];
  if (n < MIN_POSTPONED && flambeau_fusion.count == 0) return false;
  if (!postponed) postponed = calloc(1, sizeof(Postponed));
  long joined_shape[FLAMBEAU_MAX_RANK], joined[FLAMBEAU_MAX_RANK][MAX_OPERANDS];
  long joined_rank = flambeau_join_dims(
      operands, rank, shape, strides, joined_shape, &joined[0][0], MAX_OPERANDS);
  Dims dims[MAX_OPERANDS];
  Step step = {.row = row, .operands = operands};
  if (numbers) step.numbers = *numbers;
  for (int k = 0; k < operands; k++) {
    dims[k].rank = joined_rank;
    dims[k].count = n;
    for (long dim = 0; dim < joined_rank; dim++) {
      dims[k].shape[dim] = joined_shape[dim];
      dims[k].strides[dim] = joined[dim][k];
    }
    step.places[k] = place_of(pointers[k], item_sizes[k], &dims[k]);
  }
  bool joins = flambeau_fusion.count == 0 || postponed->n == n;
  if (n >= MIN_POSTPONED) {
    if (!joins || flambeau_fusion.count == MAX_STEPS || conflicts(&step, false)) {
      flambeau_run_postponed();
    }
    if (keeps_views(&step)) {
      append(&step, n);
      return true;
    }
  }
  if (n > 0 && conflicts(&step, true)) flambeau_run_postponed();
  return false;
}

bool postpones_reduction(
    const RowReduction *reduction, const ReductionTerms *terms, long rows, long columns, void *y,
    const void *x, long x_size) {
  flambeau_fusion.may_postpone = false;
  if (flambeau_fusion.count == 0) return false;
  long n = rows * columns;
  Step step = {.operands = 2, .terms = *terms};
  if (reduction) {
    step.reduction = *reduction;
    long y_size = reduction->result_size;
    step.places[0] = (Place){y, -1, y_size, -1, NULL, y, (char *)y + rows * y_size};
    step.places[1] = (Place){(char *)x, 1, x_size, -1, NULL, x, (const char *)x + n * x_size};
  }
  bool joins = reduction && !terms->centers && postponed->n == n &&
               flambeau_fusion.count < MAX_STEPS &&
               (postponed->columns == 0 || postponed->columns == columns);
  if (!joins || conflicts(&step, false)) {
    flambeau_run_postponed();
    return false;
  }
  postponed->columns = columns;
  append(&step, n);
  return true;
}

bool keeps_for_postponed(Storage *storage) {
  if (flambeau_fusion.count == 0) return false;
  if (postponed->kept_count == MAX_KEPT) flambeau_run_postponed();
  if (flambeau_fusion.count == 0) return false;
  postponed->kept[postponed->kept_count++] = storage;
  return true;
}

// The operands that are a storage's memory go to a slot if the first step with one writes it without reading it. Returns
// the last step with one, or -1.
static int move_to_slot(const Storage *storage, int slot) {
  int last = -1;
  for (int number = 0; number < flambeau_fusion.count; number++) {
    Step *step = &postponed->steps[number];
    for (int k = step->operands - 1; k >= 0; k--) {
      if (step->places[k].pointer != storage->pointer) continue;
      if (last < 0 && (k > 0 || step->places[k].stride != 1)) return -1;
      step->places[k].slot = slot;
      last = number;
    }
  }
  return last;
}

static int first_step(const Storage *storage) {
  for (int number = 0; number < flambeau_fusion.count; number++) {
    if (postponed->steps[number].places[0].pointer == storage->pointer) return number;
  }
  return MAX_STEPS;
}

static int by_first_step(const void *a, const void *b) {
  return first_step(*(Storage *const *)a) - first_step(*(Storage *const *)b);
}

// Results that nobody has a reference to are kept in slots, which are reused after their last step.
static void assign_slots(void) {
  int busy_until[MAX_SLOTS];
  for (int slot = 0; slot < MAX_SLOTS; slot++) busy_until[slot] = -1;
  qsort(postponed->kept, postponed->kept_count, sizeof(Storage *), by_first_step);
  for (int number = 0; number < postponed->kept_count; number++) {
    int begin = first_step(postponed->kept[number]), slot = 0;
    if (begin == MAX_STEPS) return;
    while (slot < MAX_SLOTS && busy_until[slot] >= begin) slot++;
    if (slot == MAX_SLOTS) continue;
    int last = move_to_slot(postponed->kept[number], slot);
    if (last >= 0) busy_until[slot] = last;
  }
}

typedef union {
  double number;
  int64_t whole;
} Total;

typedef struct {
  const Postponed *postponed;
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
  long columns = program->postponed->columns;
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
  const Postponed *postponed = program->postponed;
  alignas(64) char slots[MAX_SLOTS][FLAMBEAU_BLOCK * sizeof(double)];
  alignas(64) char copies[MAX_OPERANDS][FLAMBEAU_BLOCK * sizeof(double)];
  long columns = postponed->columns ? postponed->columns : end;
  long block = columns < FLAMBEAU_BLOCK ? FLAMBEAU_BLOCK / columns * columns : FLAMBEAU_BLOCK;
  for (long first = begin, count; first < end; first += count) {
    long rest = columns < FLAMBEAU_BLOCK || program->parts ? end - first : columns - first % columns;
    count = rest < block ? rest : block;
    for (int number = 0; number < program->count; number++) {
      const Step *step = &postponed->steps[number];
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
  long columns = program->postponed->columns;
  Total totals[MAX_STEPS];
  run_blocks(program, begin * columns, end * columns, totals);
}

static void run_parts(void *context, long begin, long end) {
  const Program *program = context;
  for (long part = begin; part < end; part++) {
    long n = program->postponed->n;
    Total totals[MAX_STEPS];
    run_blocks(program, n * part / program->parts, n * (part + 1) / program->parts, totals);
    for (int number = 0; number < program->count; number++) {
      program->totals[number][part] = totals[number];
    }
  }
}

// A single total is joined from the same parts as that of a reduction by itself.
static void run_total(Program *program) {
  Total totals[MAX_STEPS][FLAMBEAU_MAX_PARTS];
  program->parts = flambeau_parts_of_total(program->postponed->n);
  program->totals = totals;
  flambeau_parallel(program->parts, 1, run_parts, program);
  for (int number = 0; number < program->count; number++) {
    const Step *step = &program->postponed->steps[number];
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

static void run_program(void) {
  Program program = {.postponed = postponed, .count = flambeau_fusion.count};
  long n = postponed->n, columns = postponed->columns;
  if (program.count == 1 && postponed->view_count > 0) {
    run_alone(&postponed->steps[0]);
  } else if (columns == 0) {
    flambeau_parallel(n, LOOPS_GRAIN, run_elements, &program);
  } else if (columns == n) {
    run_total(&program);
  } else {
    flambeau_parallel(n / columns, LOOPS_GRAIN / columns + 1, run_rows, &program);
  }
}

void flambeau_run_postponed(void) {
  if (flambeau_fusion.count == 0) return;
  assign_slots();
  run_program();
  flambeau_fusion.count = 0;
  postponed->columns = 0;
  postponed->view_count = 0;
  int kept = postponed->kept_count;
  postponed->kept_count = 0;
  for (int number = 0; number < kept; number++) {
    postponed->kept[number]->deallocate(postponed->kept[number]);
  }
}

void flambeau_end_fusion(void) {
  if (--flambeau_fusion.depth == 0) flambeau_run_postponed();
  flambeau_fusion.may_postpone = false;
}
