// y = op(a, b), where y is bool, from the table in elementwise.h.

#include "maps.cuh"
#include "operations.cuh"

#define COMPARISON_KERNEL(name, ...) \
  KERNEL(compare_##name, const Walk walk) { map_pairs<bool, S>(walk, Compare_##name()); }
KERNELS_OF(FLAMBEAU_COMPARISONS, COMPARISON_KERNEL)
