// y = op(a, b), from the tables in elementwise.h.

#include "maps.cuh"
#include "operations.cuh"

#define BINARY_KERNEL(name, ...) \
  KERNEL(binary_##name, const Walk walk) { map_pairs<S, S>(walk, Binary_##name()); }
KERNELS_OF(BINARY_OPERATIONS, BINARY_KERNEL)
