// y = op(x), where y is bool, from the table in elementwise.h.

#include "maps.cuh"

#define TEST(name, ...)                                \
  struct Test_##name {                                 \
    bool operator()(S element) const {      \
      T x = LOAD(element);                             \
      return __VA_ARGS__;                              \
    }                                                  \
  };
FLAMBEAU_TESTS(TEST)

#define TEST_KERNEL(name, ...) \
  KERNEL(test_##name, const Walk walk) { map<bool, S>(walk, Test_##name()); }
KERNELS_OF(FLAMBEAU_TESTS, TEST_KERNEL)
