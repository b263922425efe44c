// Comparisons and tests of elements, from the tables in elementwise.h.

#include <stddef.h>

#include "elementwise_rows.h"
#include "fusion.h"

#define COMPARISON(dtype, S, C, name, expression) \
  BINARY_ROW(name##_##dtype, bool, S, C, FLAMBEAU_LOAD_##dtype, FLAMBEAU_STORE_bool, expression)
#define TEST(dtype, S, C, name, expression) \
  UNARY_ROW(name##_##dtype, bool, S, C, FLAMBEAU_LOAD_##dtype, FLAMBEAU_STORE_bool, expression)

#define X(name, expression) FLAMBEAU_DTYPES(COMPARISON, name, expression)
FLAMBEAU_COMPARISONS(X)
#undef X
#define X(name, expression) FLAMBEAU_DTYPES(TEST, name, expression)
FLAMBEAU_TESTS(X)
#undef X

static const Row comparison_rows[FLAMBEAU_COMPARISON_COUNT][FLAMBEAU_DTYPE_COUNT] = {
#define X(name, ...) [Comparison_##name] = {FLAMBEAU_DTYPES(ENTRY, name)},
    FLAMBEAU_COMPARISONS(X)
#undef X
};

static const Row test_rows[FLAMBEAU_TEST_COUNT][FLAMBEAU_DTYPE_COUNT] = {
#define X(name, ...) [ElementTest_##name] = {FLAMBEAU_DTYPES(ENTRY, name)},
    FLAMBEAU_TESTS(X)
#undef X
};

void flambeau_compare(
    Comparison op, DType dtype, long rank, const long *shape,
    bool *y, const long *y_strides, const void *a, const long *a_strides,
    const void *b, const long *b_strides) {
  long size = flambeau_dtype_size(dtype);
  run_or_postpone(
      comparison_rows[op][dtype], NULL, 3, rank, shape,
      (char *const[]){(char *)y, (char *)a, (char *)b},
      (const long *const[]){y_strides, a_strides, b_strides},
      (const long[]){sizeof(bool), size, size});
}

void flambeau_test(
    ElementTest op, DType dtype, long rank, const long *shape,
    bool *y, const long *y_strides, const void *x, const long *x_strides) {
  run_or_postpone(
      test_rows[op][dtype], &(Numbers){0}, 2, rank, shape, (char *const[]){(char *)y, (char *)x},
      (const long *const[]){y_strides, x_strides},
      (const long[]){sizeof(bool), flambeau_dtype_size(dtype)});
}
