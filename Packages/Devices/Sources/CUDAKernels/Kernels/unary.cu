// y = op(x), from the tables in elementwise.h.

#include "maps.cuh"
#include "operations.cuh"

#define UNARY_KERNEL(name, ...)                               \
  KERNEL(unary_##name, const Walk walk, double p, double q) { \
    map<S, S>(walk, Unary_##name{(T)p, (T)q});                \
  }
KERNELS_OF(UNARY_OPERATIONS, UNARY_KERNEL)
