// The transcendental functions of elementwise.h, compiled once for each compute type. A row's elements pass through
// them in blocks, which are converted, and gathered from strided views, in between.

#include "transcendental.h"

#include <stddef.h>

#include "functions.h"
#include "vectorized.h"

enum {
  /// The elements of a block: all buffers fit into the first-level cache.
  BLOCK = 512,
  /// Those of a block of contiguous elements of the compute type, which need no buffers.
  DIRECT_BLOCK = 8192,
};

#define UNARY(C, name, expression)                                                         \
  VECTORIZED static void name##_of_##C##_block(                                            \
      long n, void *results, const void *const inputs[2], double first, double second) {   \
    typedef C T;                                                                           \
    T p = (T)first, q = (T)second, *y = results;                                           \
    (void)p, (void)q;                                                                      \
    const T *xs = inputs[0];                                                               \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      T x = xs[i];                                                                         \
      FLAMBEAU_FALLING                                                                     \
      y[i] = expression;                                                                   \
    }                                                                                      \
  }

#define BINARY(C, name, expression)                                                        \
  VECTORIZED static void name##_of_##C##_block(                                            \
      long n, void *results, const void *const inputs[2], double first, double second) {   \
    typedef C T;                                                                           \
    T *y = results;                                                                        \
    const T *as = inputs[0], *bs = inputs[1];                                              \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      T a = as[i], b = bs[i];                                                              \
      y[i] = expression;                                                                   \
    }                                                                                      \
  }

#define X(name, expression) UNARY(float, name, expression) UNARY(double, name, expression)
FLAMBEAU_UNARY_TRANSCENDENTAL(X)
#undef X
#define X(name, expression) BINARY(float, name, expression) BINARY(double, name, expression)
FLAMBEAU_BINARY_TRANSCENDENTAL(X)
#undef X
#define X(name, integer, expression) X_(name, expression)
#define X_(name, expression) BINARY(float, name, expression) BINARY(double, name, expression)
FLAMBEAU_BINARY_POWER(X)
#undef X
#undef X_

// sin, cos, tan and fmod are vectorized for ordinary arguments only. A block with others takes the C library's.
#define ORDINARY(C)                                                                        \
  VECTORIZED static bool are_ordinary_angles_##C(long n, const C *x) {                     \
    bool all = true;                                                                       \
    INDEPENDENT for (long i = 0; i < n; i++) all &= is_ordinary_angle_of_##C(x[i]);        \
    return all;                                                                            \
  }                                                                                        \
  VECTORIZED static bool are_ordinary_quotients_##C(long n, const C *a, const C *b) {      \
    bool all = true;                                                                       \
    INDEPENDENT for (long i = 0; i < n; i++) all &= is_ordinary_quotient_of_##C(a[i], b[i]); \
    return all;                                                                            \
  }
ORDINARY(float)
ORDINARY(double)

#define X(name, expression)                \
  UNARY(float, ordinary_##name, expression) \
  UNARY(double, ordinary_##name, expression)
FLAMBEAU_UNARY_PERIODIC(X)
#undef X
#define X(name, integer, expression)        \
  BINARY(float, ordinary_##name, expression) \
  BINARY(double, ordinary_##name, expression)
FLAMBEAU_BINARY_MODULUS(X)
#undef X

#undef sin
#undef cos
#undef tan
#undef fmod
// In double precision, a float's is rounded correctly nearly always.
#define sin(x) (T)(sin)((double)(x))
#define cos(x) (T)(cos)((double)(x))
#define tan(x) (T)(tan)((double)(x))
#define fmod(a, b) (T)(fmod)((double)(a), (double)(b))

#define CHOICE(C, name, CONDITION)                                                         \
  static void name##_of_##C##_block(                                                       \
      long n, void *y, const void *const inputs[2], double p, double q) {                  \
    (CONDITION ? ordinary_##name##_of_##C##_block : any_##name##_of_##C##_block)(          \
        n, y, inputs, p, q);                                                               \
  }
#define X(name, expression)                                     \
  UNARY(float, any_##name, expression)                          \
  UNARY(double, any_##name, expression)                         \
  CHOICE(float, name, are_ordinary_angles_float(n, inputs[0]))  \
  CHOICE(double, name, are_ordinary_angles_double(n, inputs[0]))
FLAMBEAU_UNARY_PERIODIC(X)
#undef X
#define X(name, integer, expression)                                          \
  BINARY(float, any_##name, expression)                                       \
  BINARY(double, any_##name, expression)                                      \
  CHOICE(float, name, are_ordinary_quotients_float(n, inputs[0], inputs[1]))  \
  CHOICE(double, name, are_ordinary_quotients_double(n, inputs[0], inputs[1]))
FLAMBEAU_BINARY_MODULUS(X)
#undef X

// For float and double.
static const Function unary_functions[FLAMBEAU_UNARY_COUNT][2] = {
#define X(name, ...) [UnaryOperation_##name] = {name##_of_float_block, name##_of_double_block},
    FLAMBEAU_UNARY_TRANSCENDENTAL(X) FLAMBEAU_UNARY_PERIODIC(X)
#undef X
};

static const Function binary_functions[FLAMBEAU_BINARY_COUNT][2] = {
#define X(name, ...) [BinaryOperation_##name] = {name##_of_float_block, name##_of_double_block},
    FLAMBEAU_BINARY_TRANSCENDENTAL(X) FLAMBEAU_BINARY_POWER(X) FLAMBEAU_BINARY_MODULUS(X)
#undef X
};

#define FUNCTION_ROW(dtype, S, C, ...)                                                     \
  VECTORIZED static void load_##dtype(long n, C *buffer, const S *x, long stride) {        \
    if (stride == 1) {                                                                     \
      INDEPENDENT for (long i = 0; i < n; i++) buffer[i] = FLAMBEAU_LOAD_##dtype(x[i]);    \
    } else {                                                                               \
      for (long i = 0; i < n; i++) buffer[i] = FLAMBEAU_LOAD_##dtype(x[i * stride]);       \
    }                                                                                      \
  }                                                                                        \
  VECTORIZED static void store_##dtype(long n, S *y, long stride, const C *buffer) {       \
    if (stride == 1) {                                                                     \
      INDEPENDENT for (long i = 0; i < n; i++) y[i] = FLAMBEAU_STORE_##dtype(buffer[i]);   \
    } else {                                                                               \
      for (long i = 0; i < n; i++) y[i * stride] = FLAMBEAU_STORE_##dtype(buffer[i]);      \
    }                                                                                      \
  }                                                                                        \
  static void function_row_##dtype(                                                        \
      const Numbers *numbers, int inputs, long n, char *const pointers[],                  \
      const long strides[]) {                                                              \
    C buffers[3][BLOCK];                                                                   \
    bool direct[3], all = true;                                                            \
    for (int k = 0; k <= inputs; k++) {                                                    \
      direct[k] = sizeof(S) == sizeof(C) && strides[k] == 1;                               \
      all &= direct[k];                                                                    \
    }                                                                                      \
    long block = all ? DIRECT_BLOCK : BLOCK;                                               \
    for (long first = 0; first < n; first += block) {                                      \
      long count = n - first < block ? n - first : block;                                  \
      const void *x[2] = {NULL, NULL};                                                     \
      for (int k = 1; k <= inputs; k++) {                                                  \
        const S *elements = (const S *)pointers[k] + first * strides[k];                   \
        if (!direct[k]) load_##dtype(count, buffers[k], elements, strides[k]);             \
        x[k - 1] = direct[k] ? (const void *)elements : buffers[k];                        \
      }                                                                                    \
      S *y = (S *)pointers[0] + first * strides[0];                                        \
      numbers->function(count, direct[0] ? (void *)y : buffers[0], x, numbers->p, numbers->q); \
      if (!direct[0]) store_##dtype(count, y, strides[0], buffers[0]);                     \
    }                                                                                      \
  }                                                                                        \
  static void unary_row_##dtype(                                                           \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    function_row_##dtype(loops->context, 1, n, pointers, strides);                         \
  }                                                                                        \
  static void binary_row_##dtype(                                                          \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    function_row_##dtype(loops->context, 2, n, pointers, strides);                         \
  }
FLAMBEAU_FLOAT_DTYPES(FUNCTION_ROW)

#define ENTRY(dtype, S, C, name) [DType_##dtype] = name##_##dtype,

Row unary_function_row(UnaryOperation op, DType dtype, Numbers *numbers) {
  static const Row rows[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_FLOAT_DTYPES(ENTRY, unary_row)};
  numbers->function = unary_functions[op][dtype == DType_float64];
  return numbers->function ? rows[dtype] : NULL;
}

Row binary_function_row(BinaryOperation op, DType dtype, Numbers *numbers) {
  static const Row rows[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_FLOAT_DTYPES(ENTRY, binary_row)};
  numbers->function = binary_functions[op][dtype == DType_float64];
  return numbers->function ? rows[dtype] : NULL;
}
