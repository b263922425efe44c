// y = op(x), from the tables in elementwise.h.

#include "maps.cuh"

#if IS_FLOAT
#define UNARY_OPERATIONS(X) FLAMBEAU_UNARY_ARITHMETIC(X) FLAMBEAU_UNARY_FLOAT(X)
#else
#undef FLAMBEAU_FALLING
#define FLAMBEAU_FALLING
#define UNARY_OPERATIONS(X) FLAMBEAU_UNARY_ARITHMETIC(X) FLAMBEAU_UNARY_INTEGER(X)
#endif

#define UNARY(name, ...)                               \
  struct Unary_##name {                                \
    T p, q;                                            \
    S operator()(S element) const {                    \
      T x = LOAD(element);                             \
      FLAMBEAU_FALLING                                 \
      return STORE(__VA_ARGS__);                       \
    }                                                  \
  };
UNARY_OPERATIONS(UNARY)

#define UNARY_KERNEL(name, ...)                        \
  KERNEL(unary_##name, const Walk walk, double p, double q) { \
    map<S, S>(walk, Unary_##name{(T)p, (T)q});         \
  }
KERNELS_OF(UNARY_OPERATIONS, UNARY_KERNEL)
