// The functions of elementwise.h that take more than a few instructions. A row passes through them in blocks, of which
// those that are not contiguous are copied.

#include "transcendental.h"

#include <stddef.h>

#include "functions.h"
#include "vectorized.h"

enum {
  /// The elements of a block: all copies fit into the first-level cache.
  BLOCK = 512,
  /// Those of a block that needs no copies.
  DIRECT_BLOCK = 8192,
};

#define LISTED FLAMBEAU_FULL_DTYPES
#include "transcendental_blocks.h"

#undef FOR_TYPE
#define FOR_TYPE(name, x) name##_of_half
#define LISTED FLAMBEAU_HALF_DTYPES
#include "transcendental_blocks.h"

#define ENTRY(dtype, S, C, name) [DType_##dtype] = name##_##dtype##_block,
static const Function unary_functions[FLAMBEAU_UNARY_COUNT][FLAMBEAU_DTYPE_COUNT] = {
#define X(name, ...) [UnaryOperation_##name] = {FLAMBEAU_FLOAT_DTYPES(ENTRY, name)},
    FLAMBEAU_UNARY_TRANSCENDENTAL(X) FLAMBEAU_UNARY_PERIODIC(X)
#undef X
};

static const Function binary_functions[FLAMBEAU_BINARY_COUNT][FLAMBEAU_DTYPE_COUNT] = {
#define X(name, ...) [BinaryOperation_##name] = {FLAMBEAU_FLOAT_DTYPES(ENTRY, name)},
    FLAMBEAU_BINARY_TRANSCENDENTAL(X) FLAMBEAU_BINARY_POWER(X) FLAMBEAU_BINARY_MODULUS(X)
#undef X
};
#undef ENTRY

#define FUNCTION_ROW(S)                                                                    \
  static void function_row_##S(                                                            \
      const Numbers *numbers, int inputs, long n, char *const pointers[],                  \
      const long strides[]) {                                                              \
    S copies[3][BLOCK];                                                                    \
    bool all = true;                                                                       \
    for (int k = 0; k <= inputs; k++) all &= strides[k] == 1;                              \
    long block = all ? DIRECT_BLOCK : BLOCK;                                               \
    for (long first = 0; first < n; first += block) {                                      \
      long count = n - first < block ? n - first : block;                                  \
      const void *x[2] = {NULL, NULL};                                                     \
      for (int k = 1; k <= inputs; k++) {                                                  \
        const S *elements = (const S *)pointers[k] + first * strides[k];                   \
        x[k - 1] = strides[k] == 1 ? elements : copies[k];                                 \
        if (strides[k] == 1) continue;                                                     \
        for (long i = 0; i < count; i++) copies[k][i] = elements[i * strides[k]];          \
      }                                                                                    \
      S *y = (S *)pointers[0] + first * strides[0];                                        \
      bool direct = strides[0] == 1;                                                       \
      numbers->function(count, direct ? y : copies[0], x, numbers->p, numbers->q);         \
      for (long i = 0; i < count && !direct; i++) y[i * strides[0]] = copies[0][i];        \
    }                                                                                      \
  }                                                                                        \
  static void unary_row_##S(                                                               \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    function_row_##S(loops->context, 1, n, pointers, strides);                             \
  }                                                                                        \
  static void binary_row_##S(                                                              \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    function_row_##S(loops->context, 2, n, pointers, strides);                             \
  }
FUNCTION_ROW(uint16_t)
FUNCTION_ROW(uint32_t)
FUNCTION_ROW(uint64_t)

static Row row_of_size(long size, Row row16, Row row32, Row row64) {
  return size == 2 ? row16 : size == 4 ? row32 : row64;
}

Row unary_function_row(UnaryOperation op, DType dtype, Numbers *numbers) {
  numbers->function = unary_functions[op][dtype];
  long size = flambeau_dtype_size(dtype);
  if (!numbers->function) return NULL;
  return row_of_size(size, unary_row_uint16_t, unary_row_uint32_t, unary_row_uint64_t);
}

Row binary_function_row(BinaryOperation op, DType dtype, Numbers *numbers) {
  numbers->function = binary_functions[op][dtype];
  long size = flambeau_dtype_size(dtype);
  if (!numbers->function) return NULL;
  return row_of_size(size, binary_row_uint16_t, binary_row_uint32_t, binary_row_uint64_t);
}
