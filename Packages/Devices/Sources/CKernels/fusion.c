#include "fusion.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>

#include "include/parallel.h"

enum {
  /// Fewer elements are in the cache anyway.
  MIN_POSTPONED = 8192,
  MAX_STEPS = 32,
  MAX_KEPT = 96,
  /// The elements of a block.
  BLOCK = 1024,
  MAX_SLOTS = 16,
};

/// An operand: elements in memory, or in a slot of scratch memory.
typedef struct {
  char *pointer;
  long stride, size;
  int slot;
} Place;

typedef struct {
  Row row;
  Numbers numbers;
  int operands;
  Place places[MAX_OPERANDS];
} Step;

typedef struct {
  long n;
  Step steps[MAX_STEPS];
  /// Storages that have no reference any more.
  Storage *kept[MAX_KEPT];
  int kept_count;
} Postponed;

_Thread_local Fusion flambeau_fusion;
static _Thread_local Postponed *postponed;

static bool overlaps(const Place *a, const Place *b, long n) {
  long a_length = a->stride ? n * a->size : a->size, b_length = b->stride ? n * b->size : b->size;
  return a->pointer < b->pointer + b_length && b->pointer < a->pointer + a_length;
}

static bool is_same(const Place *a, const Place *b) {
  return a->pointer == b->pointer && a->stride == b->stride && a->size == b->size;
}

// Blocks can be taken one after the other if an operand that a step writes is, for other steps, the same operand or
// other memory.
static bool conflicts(const Step *step, long n, bool even_if_same) {
  for (int other = 0; other < flambeau_fusion.count; other++) {
    const Step *earlier = &postponed->steps[other];
    for (int k = 0; k < earlier->operands; k++) {
      const Place *place = &earlier->places[k];
      for (int own = 0; own < step->operands; own++) {
        // Two reads do not conflict.
        if (k > 0 && own > 0) continue;
        if (!even_if_same && is_same(place, &step->places[own])) continue;
        long length = n > postponed->n ? n : postponed->n;
        if (overlaps(place, &step->places[own], length)) return true;
      }
    }
  }
  return false;
}

bool postpones(
    Row row, const Numbers *numbers, int operands, long rank, const long *shape,
    char *const pointers[], const long *const strides[], const long item_sizes[]) {
  flambeau_fusion.may_postpone = false;
  if (!postponed) postponed = calloc(1, sizeof(Postponed));
  long joined_shape[FLAMBEAU_MAX_RANK], joined[FLAMBEAU_MAX_RANK][MAX_OPERANDS];
  long joined_rank = flambeau_join_dims(
      operands, rank, shape, strides, joined_shape, &joined[0][0], MAX_OPERANDS);
  long n = 1;
  for (long dim = 0; dim < joined_rank; dim++) n *= joined_shape[dim];
  Step step = {.row = row, .operands = operands};
  if (numbers) step.numbers = *numbers;
  bool is_simple = joined_rank <= 1 && n >= MIN_POSTPONED;
  for (int k = 0; k < operands; k++) {
    long stride = joined_rank == 1 ? joined[0][k] : 0;
    if (stride != 0 && stride != 1) is_simple = false;
    step.places[k] = (Place){pointers[k], stride, item_sizes[k], -1};
  }
  if (!is_simple) {
    // A view that is not simple may span more than its elements.
    if (n > 1 || conflicts(&step, 1, true)) flambeau_run_postponed();
    return false;
  }
  bool joins = flambeau_fusion.count == 0 || postponed->n == n;
  if (!joins || flambeau_fusion.count == MAX_STEPS || conflicts(&step, n, false)) {
    flambeau_run_postponed();
  }
  postponed->n = n;
  postponed->steps[flambeau_fusion.count++] = step;
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
      if (last < 0 && (k > 0 || step->places[k].stride == 0)) return -1;
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

typedef struct {
  const Step *steps;
  int count;
} Program;

static void run_blocks(void *context, long begin, long end) {
  const Program *program = context;
  alignas(64) char slots[MAX_SLOTS][BLOCK * sizeof(double)];
  for (long first = begin; first < end; first += BLOCK) {
    long count = end - first < BLOCK ? end - first : BLOCK;
    for (int number = 0; number < program->count; number++) {
      const Step *step = &program->steps[number];
      Loops bare;
      bare.context = (void *)&step->numbers;
      char *pointers[MAX_OPERANDS];
      long strides[MAX_OPERANDS];
      for (int k = 0; k < step->operands; k++) {
        const Place *place = &step->places[k];
        strides[k] = place->stride;
        pointers[k] = place->slot >= 0 ? slots[place->slot]
                                       : place->pointer + first * place->stride * place->size;
      }
      step->row(&bare, count, pointers, strides);
    }
  }
}

void flambeau_run_postponed(void) {
  if (flambeau_fusion.count == 0) return;
  assign_slots();
  Program program = {postponed->steps, flambeau_fusion.count};
  flambeau_parallel(postponed->n, 32768, run_blocks, &program);
  flambeau_fusion.count = 0;
  int kept = postponed->kept_count;
  postponed->kept_count = 0;
  for (int number = 0; number < kept; number++) {
    postponed->kept[number]->deallocate(postponed->kept[number]);
  }
}

void flambeau_end_fusion(void) {
  flambeau_run_postponed();
  flambeau_fusion.depth--;
  flambeau_fusion.may_postpone = false;
}
