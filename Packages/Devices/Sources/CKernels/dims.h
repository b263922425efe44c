#pragma once
#include <string.h>

#include "include/views.h"

// Some dims of a view, without those of size 1 and with adjacent ones merged: a reduction has one for the kept dims
// and one for the reduced dims.

typedef struct {
  long rank;
  long shape[FLAMBEAU_MAX_RANK];
  long strides[FLAMBEAU_MAX_RANK];
  /// The number of positions.
  long count;
} Dims;

static inline void dims_add(Dims *dims, long size, long stride) {
  dims->count *= size;
  if (size == 1) return;
  long last = dims->rank - 1;
  if (last >= 0 && dims->strides[last] == stride * size) {
    dims->shape[last] *= size;
  } else {
    dims->shape[++last] = size;
    dims->rank++;
  }
  dims->strides[last] = stride;
}

/// Sets the position to that of a flat index over all dims but the innermost `skipped`, and returns its offset.
static inline long dims_seek(const Dims *dims, long skipped, long index, long position[]) {
  long offset = 0;
  for (long dim = dims->rank - 1 - skipped; dim >= 0; dim--) {
    position[dim] = index % dims->shape[dim];
    index /= dims->shape[dim];
    offset += position[dim] * dims->strides[dim];
  }
  return offset;
}

/// Advances to the next position and returns its offset.
static inline long dims_next(const Dims *dims, long skipped, long position[], long offset) {
  for (long dim = dims->rank - 1 - skipped; dim >= 0; dim--) {
    offset += dims->strides[dim];
    if (++position[dim] < dims->shape[dim]) return offset;
    offset -= dims->strides[dim] * dims->shape[dim];
    position[dim] = 0;
  }
  return offset;
}
