// y = op(a, b), where y is bool, from the table in elementwise.h.

#include "maps.cuh"

#define COMPARISON(name, ...)                          \
  struct Compare_##name {                              \
    bool operator()(S left, S right) const { \
      T a = LOAD(left), b = LOAD(right);               \
      return __VA_ARGS__;                              \
    }                                                  \
  };
FLAMBEAU_COMPARISONS(COMPARISON)

#define COMPARISON_KERNEL(name, ...) \
  KERNEL(compare_##name, const Walk walk) { map_pairs<bool, S>(walk, Compare_##name()); }
KERNELS_OF(FLAMBEAU_COMPARISONS, COMPARISON_KERNEL)
