// y = op(a, b), from the tables in elementwise.h.

#include "maps.cuh"

#define BINARY(name, ...)                              \
  struct Binary_##name {                               \
    S operator()(S left, S right) const {   \
      T a = LOAD(left), b = LOAD(right);               \
      return STORE(__VA_ARGS__);                       \
    }                                                  \
  };
#if IS_FLOAT
#define DIVISION(name, integer, floating) BINARY(name, floating)
#define OWN_BINARY_OPERATIONS FLAMBEAU_BINARY_FLOAT
#else
#define DIVISION(name, integer, floating) BINARY(name, integer)
#define OWN_BINARY_OPERATIONS FLAMBEAU_BINARY_INTEGER
#endif
FLAMBEAU_BINARY_ARITHMETIC(BINARY)
FLAMBEAU_BINARY_DIVISION(DIVISION)
OWN_BINARY_OPERATIONS(BINARY)

#define BINARY_KERNEL(name, ...) \
  KERNEL(binary_##name, const Walk walk) { map_pairs<S, S>(walk, Binary_##name()); }
#define BINARY_OPERATIONS(X) \
  FLAMBEAU_BINARY_ARITHMETIC(X) FLAMBEAU_BINARY_DIVISION(X) OWN_BINARY_OPERATIONS(X)
KERNELS_OF(BINARY_OPERATIONS, BINARY_KERNEL)
