#include "chain.h"

#include <stdlib.h>

#include "include/memory.h"

enum {
  /// Fewer elements are in the cache anyway.
  MIN_POSTPONED = 8192,
  /// Shorter rows of a view are copied too slowly.
  MIN_VIEW_ROW = 16,
};

_Thread_local Fusion flambeau_fusion;
static _Thread_local Chain postponed;

static bool is_same(const Place *a, const Place *b) {
  return a->pointer == b->pointer && a->stride == b->stride && a->size == b->size && !a->view &&
         !b->view;
}

// Blocks can be taken one after the other if an operand that a step writes is, for other steps, the same operand or
// other memory.
static bool conflicts(const Step *step, bool even_if_same) {
  for (int other = 0; other < flambeau_fusion.count; other++) {
    const Step *earlier = &postponed.steps[other];
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
  if (postponed.view_count + count > MAX_VIEWS) flambeau_run_postponed();
  for (int k = 0; k < step->operands; k++) {
    if (!step->places[k].view) continue;
    Dims *kept = &postponed.views[postponed.view_count++];
    *kept = *step->places[k].view;
    step->places[k].view = kept;
  }
  return true;
}

static void keep(Storage *storage) {
  for (int number = 0; number < postponed.storage_count; number++) {
    if (postponed.storages[number] == storage) return;
  }
  flambeau_retain(storage);
  postponed.storages[postponed.storage_count++] = storage;
}

static void append(const Step *step, long n) {
  postponed.n = n;
  postponed.steps[flambeau_fusion.count++] = *step;
  for (int k = 0; k < step->operands; k++) keep(flambeau_fusion.storages[k]);
}

bool postpones(
    Row row, const Numbers *numbers, int operands, long rank, const long *shape,
    char *const pointers[], const long *const strides[], const long item_sizes[]) {
  flambeau_fusion.may_postpone = false;
  long n = 1;
  for (long dim = 0; dim < rank; dim++) n *= shape[dim];
  if (n < MIN_POSTPONED && flambeau_fusion.count == 0) return false;
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
  bool joins = flambeau_fusion.count == 0 || postponed.n == n;
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
  bool joins = reduction && !terms->centers && postponed.n == n &&
               flambeau_fusion.count < MAX_STEPS &&
               (postponed.columns == 0 || postponed.columns == columns);
  if (!joins || conflicts(&step, false)) {
    flambeau_run_postponed();
    return false;
  }
  postponed.columns = columns;
  append(&step, n);
  return true;
}

// The operands that are a storage's memory go to a slot if the first step with one writes it without reading it.
// Returns the last step with one, or -1.
static int move_to_slot(const Storage *storage, int slot) {
  int last = -1;
  for (int number = 0; number < flambeau_fusion.count; number++) {
    Step *step = &postponed.steps[number];
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
    if (postponed.steps[number].places[0].pointer == storage->pointer) return number;
  }
  return MAX_STEPS;
}

static int by_first_step(const void *a, const void *b) {
  return first_step(*(Storage *const *)a) - first_step(*(Storage *const *)b);
}

// Results that nobody else has a reference to are kept in slots, which are reused after their last step.
static void assign_slots(void) {
  int busy_until[MAX_SLOTS], count = 0;
  Storage *unused[MAX_STEPS * MAX_OPERANDS];
  for (int slot = 0; slot < MAX_SLOTS; slot++) busy_until[slot] = -1;
  for (int number = 0; number < postponed.storage_count; number++) {
    Storage *storage = postponed.storages[number];
    if (flambeau_references(storage) == 1 && flambeau_is_own_memory(storage)) {
      unused[count++] = storage;
    }
  }
  qsort(unused, count, sizeof(Storage *), by_first_step);
  for (int number = 0; number < count; number++) {
    int begin = first_step(unused[number]), slot = 0;
    if (begin == MAX_STEPS) return;
    while (slot < MAX_SLOTS && busy_until[slot] >= begin) slot++;
    if (slot == MAX_SLOTS) continue;
    int last = move_to_slot(unused[number], slot);
    if (last >= 0) busy_until[slot] = last;
  }
}

void flambeau_run_postponed(void) {
  void *other = flambeau_fusion.other;
  if (other) {
    flambeau_fusion.other = NULL;
    flambeau_fusion.run_other(other);
  }
  flambeau_run_postponed_on_cpu();
}

void flambeau_run_postponed_on_cpu(void) {
  if (flambeau_fusion.count == 0) return;
  assign_slots();
  chain_run(&postponed, flambeau_fusion.count);
  flambeau_fusion.count = 0;
  postponed.columns = 0;
  postponed.view_count = 0;
  for (int number = 0; number < postponed.storage_count; number++) {
    flambeau_release(postponed.storages[number]);
  }
  postponed.storage_count = 0;
}

void flambeau_end_fusion(void) {
  if (--flambeau_fusion.depth == 0) flambeau_run_postponed();
  flambeau_fusion.may_postpone = false;
}
