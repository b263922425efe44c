// y = op(x), where y is bool, from the table in elementwise.h.

#include "maps.cuh"
#include "operations.cuh"

#define TEST_KERNEL(name, ...) \
  KERNEL(test_##name, const Walk walk) { map<bool, S>(walk, Test_##name()); }
KERNELS_OF(FLAMBEAU_TESTS, TEST_KERNEL)
