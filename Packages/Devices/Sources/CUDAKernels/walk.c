#include <COperations.h>

#include "include/CUDAKernels.h"

enum { MAX_RANK = 64 };

static int64_t product(long rank, const long *shape) {
  int64_t count = 1;
  for (long dim = 0; dim < rank; dim++) count *= shape[dim];
  return count;
}

bool flambeau_make_walk(
    Walk *walk, long operands, long rank, const long *shape, const long *const *strides) {
  long joined_shape[MAX_RANK], joined[MAX_RANK][LAUNCH_MAX_OPERANDS];
  if (rank > MAX_RANK) return false;
  walk->count = product(rank, shape);
  walk->rank = flambeau_join_dims(
      operands, rank, shape, strides, joined_shape, &joined[0][0], LAUNCH_MAX_OPERANDS);
  if (walk->rank > LAUNCH_MAX_RANK) return false;
  for (long dim = 0; dim < walk->rank; dim++) {
    walk->shape[dim] = joined_shape[dim];
    for (long k = 0; k < operands; k++) walk->strides[dim][k] = joined[dim][k];
  }
  return true;
}

bool flambeau_make_extents(Extents *extents, long rank, const long *shape, const long *strides) {
  long joined_shape[MAX_RANK], joined[MAX_RANK];
  if (rank > MAX_RANK) return false;
  extents->count = product(rank, shape);
  extents->rank = flambeau_join_dims(
      1, rank, shape, (const long *const[]){strides}, joined_shape, joined, 1);
  if (extents->rank > LAUNCH_MAX_RANK) return false;
  for (long dim = 0; dim < extents->rank; dim++) {
    extents->shape[dim] = joined_shape[dim];
    extents->strides[dim] = joined[dim];
  }
  return true;
}
