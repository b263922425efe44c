// Element-wise operations, comparisons and tests, from the tables in elementwise.h; transcendental.c has those
// that take more than a few instructions.

#include <stddef.h>

#include "functions.h"
#include "fusion.h"
#include "loops.h"
#include "transcendental.h"
#include "vectorized.h"


// A row of y = expression in x, with separate loops for contiguous elements and for any strides. Elements of x
// are stored as S and computed in T; STORE converts a result to y's type R.
#define UNARY_ROW(name, R, S, C, LOAD, STORE, expression)                                  \
  VECTORIZED static void name(                                                             \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    typedef C T;                                                                           \
    const Numbers *numbers = loops->context;                                               \
    T p = (T)numbers->p, q = (T)numbers->q;                                                \
    (void)p, (void)q;                                                                      \
    R *y = (R *)pointers[0];                                                               \
    const S *xs = (const S *)pointers[1];                                                  \
    long sy = strides[0], sx = strides[1];                                                 \
    if (sy == 1 && sx == 1) {                                                              \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T x = LOAD(xs[i]);                                                                 \
        y[i] = STORE(expression);                                                          \
      }                                                                                    \
    } else {                                                                               \
      for (long i = 0; i < n; i++) {                                                       \
        T x = LOAD(xs[i * sx]);                                                            \
        y[i * sy] = STORE(expression);                                                     \
      }                                                                                    \
    }                                                                                      \
  }

// A row of y = expression in a and b; either input may have stride 0.
#define BINARY_ROW(name, R, S, C, LOAD, STORE, expression)                                 \
  VECTORIZED static void name(                                                             \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    typedef C T;                                                                           \
    R *y = (R *)pointers[0];                                                               \
    const S *as = (const S *)pointers[1], *bs = (const S *)pointers[2];                    \
    long sy = strides[0], sa = strides[1], sb = strides[2];                                \
    if (sy == 1 && sa == 1 && sb == 1) {                                                   \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T a = LOAD(as[i]), b = LOAD(bs[i]);                                                \
        y[i] = STORE(expression);                                                          \
      }                                                                                    \
    } else if (sy == 1 && sa == 1 && sb == 0) {                                            \
      T b = LOAD(bs[0]);                                                                   \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T a = LOAD(as[i]);                                                                 \
        y[i] = STORE(expression);                                                          \
      }                                                                                    \
    } else if (sy == 1 && sa == 0 && sb == 1) {                                            \
      T a = LOAD(as[0]);                                                                   \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T b = LOAD(bs[i]);                                                                 \
        y[i] = STORE(expression);                                                          \
      }                                                                                    \
    } else {                                                                               \
      for (long i = 0; i < n; i++) {                                                       \
        T a = LOAD(as[i * sa]), b = LOAD(bs[i * sb]);                                      \
        y[i * sy] = STORE(expression);                                                     \
      }                                                                                    \
    }                                                                                      \
  }

// The row functions of an operation for one dtype, and their entries in a table.
#define UNARY(dtype, S, C, name, expression) \
  UNARY_ROW(name##_##dtype, S, S, C, FLAMBEAU_LOAD_##dtype, FLAMBEAU_STORE_##dtype, expression)
#define BINARY(dtype, S, C, name, expression) \
  BINARY_ROW(name##_##dtype, S, S, C, FLAMBEAU_LOAD_##dtype, FLAMBEAU_STORE_##dtype, expression)
#define COMPARISON(dtype, S, C, name, expression) \
  BINARY_ROW(name##_##dtype, bool, S, C, FLAMBEAU_LOAD_##dtype, FLAMBEAU_STORE_bool, expression)
#define TEST(dtype, S, C, name, expression) \
  UNARY_ROW(name##_##dtype, bool, S, C, FLAMBEAU_LOAD_##dtype, FLAMBEAU_STORE_bool, expression)
#define ENTRY(dtype, S, C, name) [DType_##dtype] = name##_##dtype,

#define X(name, expression) FLAMBEAU_DTYPES(UNARY, name, expression)
FLAMBEAU_UNARY_ARITHMETIC(X)
#undef X
#define X(name, expression) FLAMBEAU_INTEGRAL_DTYPES(UNARY, name, expression)
FLAMBEAU_UNARY_INTEGER(X)
#undef X
#define X(name, expression) FLAMBEAU_FLOAT_DTYPES(UNARY, name, expression)
FLAMBEAU_UNARY_ALGEBRAIC(X)
#undef X
#define X(name, expression) FLAMBEAU_DTYPES(BINARY, name, expression)
FLAMBEAU_BINARY_ARITHMETIC(X)
#undef X
#define X(name, integer, ...) FLAMBEAU_INTEGRAL_DTYPES(BINARY, name, integer)
FLAMBEAU_BINARY_DIVISION(X)
#undef X
#define X(name, expression) FLAMBEAU_INTEGRAL_DTYPES(BINARY, name, expression)
FLAMBEAU_BINARY_INTEGER(X)
#undef X
FLAMBEAU_FLOAT_DTYPES(BINARY, divide, a / b)
#define X(name, expression) FLAMBEAU_DTYPES(COMPARISON, name, expression)
FLAMBEAU_COMPARISONS(X)
#undef X
#define X(name, expression) FLAMBEAU_DTYPES(TEST, name, expression)
FLAMBEAU_TESTS(X)
#undef X

static const Row unary_rows[FLAMBEAU_UNARY_COUNT][FLAMBEAU_DTYPE_COUNT] = {
#define X(name, ...) [UnaryOperation_##name] = {FLAMBEAU_DTYPES(ENTRY, name)},
    FLAMBEAU_UNARY_ARITHMETIC(X)
#undef X
#define X(name, ...) [UnaryOperation_##name] = {FLAMBEAU_INTEGRAL_DTYPES(ENTRY, name)},
    FLAMBEAU_UNARY_INTEGER(X)
#undef X
#define X(name, ...) [UnaryOperation_##name] = {FLAMBEAU_FLOAT_DTYPES(ENTRY, name)},
    FLAMBEAU_UNARY_ALGEBRAIC(X)
#undef X
};

static const Row binary_rows[FLAMBEAU_BINARY_COUNT][FLAMBEAU_DTYPE_COUNT] = {
#define X(name, ...) [BinaryOperation_##name] = {FLAMBEAU_DTYPES(ENTRY, name)},
    FLAMBEAU_BINARY_ARITHMETIC(X)
#undef X
#define X(name, ...) [BinaryOperation_##name] = {FLAMBEAU_INTEGRAL_DTYPES(ENTRY, name)},
    FLAMBEAU_BINARY_DIVISION(X) FLAMBEAU_BINARY_INTEGER(X)
#undef X
    [BinaryOperation_divide] = {FLAMBEAU_FLOAT_DTYPES(ENTRY, divide)},
};

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

// The row of an operation; transcendental ones are kept in the context.
static Row unary_row(UnaryOperation op, DType dtype, Numbers *numbers) {
  Row row = unary_rows[op][dtype];
  if (!row) row = unary_function_row(op, dtype, numbers);
  if (!row) flambeau_stop_without_kernel(flambeau_unary_name(op), dtype);
  return row;
}

static Row binary_row(BinaryOperation op, DType dtype, Numbers *numbers) {
  Row row = binary_rows[op][dtype];
  if (!row) row = binary_function_row(op, dtype, numbers);
  if (!row) flambeau_stop_without_kernel(flambeau_binary_name(op), dtype);
  return row;
}

// Contiguous operands are a single row. For small ones, preparing the loops would take longer than running the row.
static void run_row(
    Row row, void *context, int operands, long count, char *const pointers[], DType dtype) {
  static const long steps[MAX_OPERANDS] = {1, 1, 1, 1};
  static const long *const strides[MAX_OPERANDS] = {steps, steps, steps, steps};
  if (flambeau_fusion.may_postpone) {
    long size = flambeau_dtype_size(dtype);
    const long sizes[] = {size, size, size, size};
    if (postpones(row, context, operands, 1, &count, pointers, strides, sizes)) return;
  }
  if (count <= LOOPS_GRAIN) {
    Loops bare;
    bare.context = context;
    row(&bare, count, pointers, steps);
    return;
  }
  long size = flambeau_dtype_size(dtype);
  loops_over(
      row, context, operands, 1, &count, pointers, strides,
      (const long[]){size, size, size, size});
}

void flambeau_unary_contiguous(
    UnaryOperation op, double p, double q, DType dtype, long count, void *y, const void *x) {
  Numbers numbers = {p, q};
  Row row = unary_row(op, dtype, &numbers);
  run_row(row, &numbers, 2, count, (char *const[]){y, (char *)x}, dtype);
}

void flambeau_binary_contiguous(
    BinaryOperation op, DType dtype, long count, void *y, const void *a, const void *b) {
  Numbers numbers = {0};
  Row row = binary_row(op, dtype, &numbers);
  run_row(row, &numbers, 3, count, (char *const[]){y, (char *)a, (char *)b}, dtype);
}

void flambeau_unary(
    UnaryOperation op, double p, double q, DType dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *x, const long *x_strides) {
  long size = flambeau_dtype_size(dtype);
  Numbers numbers = {p, q};
  Row row = unary_row(op, dtype, &numbers);
  run_or_postpone(
      row, &numbers, 2, rank, shape, (char *const[]){y, (char *)x},
      (const long *const[]){y_strides, x_strides}, (const long[]){size, size});
}

void flambeau_binary(
    BinaryOperation op, DType dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *a, const long *a_strides,
    const void *b, const long *b_strides) {
  long size = flambeau_dtype_size(dtype);
  Numbers numbers = {0};
  Row row = binary_row(op, dtype, &numbers);
  run_or_postpone(
      row, &numbers, 3, rank, shape, (char *const[]){y, (char *)a, (char *)b},
      (const long *const[]){y_strides, a_strides, b_strides}, (const long[]){size, size, size});
}

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
