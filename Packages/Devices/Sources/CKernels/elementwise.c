// Element-wise operations, comparisons and conversions, from the table in elementwise.h.

#include <stddef.h>
#include <tgmath.h>

#include "loops.h"
#include "vectorized.h"

// A row of y = expression in x, written out for adjacent elements and for any strides.
#define UNARY_ROW(name, T, expression)                                                     \
  VECTORIZED static void name(                                                             \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    T *y = (T *)pointers[0];                                                               \
    const T *xs = (const T *)pointers[1];                                                  \
    long sy = strides[0], sx = strides[1];                                                 \
    if (sy == 1 && sx == 1) {                                                              \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T x = xs[i];                                                                       \
        y[i] = (expression);                                                               \
      }                                                                                    \
    } else {                                                                               \
      for (long i = 0; i < n; i++) {                                                       \
        T x = xs[i * sx];                                                                  \
        y[i * sy] = (expression);                                                          \
      }                                                                                    \
    }                                                                                      \
  }

// A row of y = expression in a and b, with elements of type R; either input may also be one number.
#define BINARY_ROW(name, R, T, expression)                                                 \
  VECTORIZED static void name(                                                             \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    R *y = (R *)pointers[0];                                                               \
    const T *as = (const T *)pointers[1], *bs = (const T *)pointers[2];                    \
    long sy = strides[0], sa = strides[1], sb = strides[2];                                \
    if (sy == 1 && sa == 1 && sb == 1) {                                                   \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T a = as[i], b = bs[i];                                                            \
        y[i] = (expression);                                                               \
      }                                                                                    \
    } else if (sy == 1 && sa == 1 && sb == 0) {                                            \
      T b = bs[0];                                                                         \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T a = as[i];                                                                       \
        y[i] = (expression);                                                               \
      }                                                                                    \
    } else if (sy == 1 && sa == 0 && sb == 1) {                                            \
      T a = as[0];                                                                         \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T b = bs[i];                                                                       \
        y[i] = (expression);                                                               \
      }                                                                                    \
    } else {                                                                               \
      for (long i = 0; i < n; i++) {                                                       \
        T a = as[i * sa], b = bs[i * sb];                                                  \
        y[i * sy] = (expression);                                                          \
      }                                                                                    \
    }                                                                                      \
  }

#define UNARY_ROW_FOR(dtype, T, name, expression) UNARY_ROW(name##_##dtype, T, expression)
#define BINARY_ROW_FOR(dtype, T, name, expression) BINARY_ROW(name##_##dtype, T, T, expression)
#define COMPARISON_ROW_FOR(dtype, T, name, expression) \
  BINARY_ROW(name##_##dtype, bool, T, expression)

#define X(name, expression) FLAMBEAU_DTYPES(UNARY_ROW_FOR, name, expression)
FLAMBEAU_UNARY_ARITHMETIC(X)
#undef X
#define X(name, expression) FLAMBEAU_FLOAT_DTYPES(UNARY_ROW_FOR, name, expression)
FLAMBEAU_UNARY_FLOAT(X)
#undef X
#define X(name, expression) FLAMBEAU_DTYPES(BINARY_ROW_FOR, name, expression)
FLAMBEAU_BINARY_ARITHMETIC(X)
#undef X
#define X(name, expression) FLAMBEAU_FLOAT_DTYPES(BINARY_ROW_FOR, name, expression)
FLAMBEAU_BINARY_FLOAT(X)
#undef X
#define X(name, expression) FLAMBEAU_DTYPES(COMPARISON_ROW_FOR, name, expression)
FLAMBEAU_COMPARISONS(X)
#undef X

#define ROW_ENTRY(dtype, T, name) [DType_##dtype] = name##_##dtype,

static const Row unary_rows[FLAMBEAU_UNARY_COUNT][FLAMBEAU_DTYPE_COUNT] = {
#define X(name, expression) [UnaryOperation_##name] = {FLAMBEAU_DTYPES(ROW_ENTRY, name)},
    FLAMBEAU_UNARY_ARITHMETIC(X)
#undef X
#define X(name, expression) [UnaryOperation_##name] = {FLAMBEAU_FLOAT_DTYPES(ROW_ENTRY, name)},
    FLAMBEAU_UNARY_FLOAT(X)
#undef X
};

static const Row binary_rows[FLAMBEAU_BINARY_COUNT][FLAMBEAU_DTYPE_COUNT] = {
#define X(name, expression) [BinaryOperation_##name] = {FLAMBEAU_DTYPES(ROW_ENTRY, name)},
    FLAMBEAU_BINARY_ARITHMETIC(X)
#undef X
#define X(name, expression) [BinaryOperation_##name] = {FLAMBEAU_FLOAT_DTYPES(ROW_ENTRY, name)},
    FLAMBEAU_BINARY_FLOAT(X)
#undef X
};

static const Row comparison_rows[FLAMBEAU_COMPARISON_COUNT][FLAMBEAU_DTYPE_COUNT] = {
#define X(name, expression) [Comparison_##name] = {FLAMBEAU_DTYPES(ROW_ENTRY, name)},
    FLAMBEAU_COMPARISONS(X)
#undef X
};

static void run(
    Row row, int operands, long rank, const long *shape, char *const pointers[],
    const long *const strides[], const long item_sizes[]) {
  if (rank == 1 && shape[0] <= LOOPS_GRAIN) {
    // What is small and simple is over sooner than a walk is prepared.
    long steps[MAX_OPERANDS];
    for (int k = 0; k < operands; k++) steps[k] = strides[k][0];
    row(NULL, shape[0], pointers, steps);
    return;
  }
  Loops loops;
  loops.row = row;
  loops_prepare(&loops, operands, rank, shape, pointers, strides, item_sizes);
  loops_run(&loops, true);
}

void flambeau_unary(
    UnaryOperation op, DType dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *x, const long *x_strides) {
  long size = flambeau_dtype_size(dtype);
  run(unary_rows[op][dtype], 2, rank, shape, (char *const[]){y, (char *)x},
      (const long *const[]){y_strides, x_strides}, (const long[]){size, size});
}

void flambeau_binary(
    BinaryOperation op, DType dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *a, const long *a_strides,
    const void *b, const long *b_strides) {
  long size = flambeau_dtype_size(dtype);
  run(binary_rows[op][dtype], 3, rank, shape, (char *const[]){y, (char *)a, (char *)b},
      (const long *const[]){y_strides, a_strides, b_strides}, (const long[]){size, size, size});
}

void flambeau_compare(
    Comparison op, DType dtype, long rank, const long *shape,
    bool *y, const long *y_strides, const void *a, const long *a_strides,
    const void *b, const long *b_strides) {
  long size = flambeau_dtype_size(dtype);
  run(comparison_rows[op][dtype], 3, rank, shape, (char *const[]){(char *)y, (char *)a, (char *)b},
      (const long *const[]){y_strides, a_strides, b_strides},
      (const long[]){sizeof(bool), size, size});
}

// Conversions: a row for each pair of dtypes.
#define CONVERSION_ROW(to, To, from, From)                                                 \
  VECTORIZED static void to##_from_##from(                                                 \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    To *y = (To *)pointers[0];                                                             \
    const From *x = (const From *)pointers[1];                                             \
    long sy = strides[0], sx = strides[1];                                                 \
    if (sy == 1 && sx == 1) {                                                              \
      INDEPENDENT for (long i = 0; i < n; i++) y[i] = (To)x[i];                            \
    } else {                                                                               \
      for (long i = 0; i < n; i++) y[i * sy] = (To)x[i * sx];                              \
    }                                                                                      \
  }
#define CONVERSION_ENTRY(to, To, from) [DType_##to] = to##_from_##from,

#define CONVERSIONS_FROM(from, From)                                          \
  FLAMBEAU_DTYPES(CONVERSION_ROW, from, From)                                 \
  static const Row rows_from_##from[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_DTYPES(CONVERSION_ENTRY, from)};

CONVERSIONS_FROM(bool, bool)
CONVERSIONS_FROM(uint8, uint8_t)
CONVERSIONS_FROM(int8, int8_t)
CONVERSIONS_FROM(int16, int16_t)
CONVERSIONS_FROM(int32, int32_t)
CONVERSIONS_FROM(int64, int64_t)
CONVERSIONS_FROM(float32, float)
CONVERSIONS_FROM(float64, double)

static const Row *const conversion_rows[FLAMBEAU_DTYPE_COUNT] = {
#define X(from, ...) [DType_##from] = rows_from_##from,
    FLAMBEAU_DTYPES(X)
#undef X
};

void flambeau_convert(
    DType y_dtype, DType x_dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *x, const long *x_strides) {
  run(conversion_rows[x_dtype][y_dtype], 2, rank, shape, (char *const[]){y, (char *)x},
      (const long *const[]){y_strides, x_strides},
      (const long[]){flambeau_dtype_size(y_dtype), flambeau_dtype_size(x_dtype)});
}
