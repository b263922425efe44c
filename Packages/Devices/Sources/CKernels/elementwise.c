// Element-wise operations from the tables in elementwise.h; transcendental.c has those that take more than a few
// instructions.

#include "elementwise_rows.h"
#include "functions.h"
#include "fusion.h"

// The row functions of an operation for one dtype, and their entries in a table.
#define UNARY(dtype, S, C, name, expression) \
  UNARY_ROW(name##_##dtype, S, S, C, FLAMBEAU_LOAD_##dtype, FLAMBEAU_STORE_##dtype, expression)
#define BINARY(dtype, S, C, name, expression) \
  BINARY_ROW(name##_##dtype, S, S, C, FLAMBEAU_LOAD_##dtype, FLAMBEAU_STORE_##dtype, expression)

#define X(name, expression) FLAMBEAU_DTYPES(UNARY, name, expression)
FLAMBEAU_UNARY_ARITHMETIC(X)
#undef X
// The sign of a half is a bit; changing it needs no float32.
#define BITS(x) (x)
UNARY_ROW(negate_half, uint16_t, uint16_t, uint16_t, BITS, BITS, x ^ 0x8000)
UNARY_ROW(abs_half, uint16_t, uint16_t, uint16_t, BITS, BITS, x & 0x7fff)
#undef BITS
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
#define X(name, expression) FLAMBEAU_FLOAT_DTYPES(BINARY, name, expression)
FLAMBEAU_BINARY_ALGEBRAIC(X)
#undef X

// Division of int64: processors divide several doubles while they divide one such integer. If |a| and |b| are below
// 2⁵⁰, a / b is at least 1 / |b| away from the next integer, and so is not rounded to it: ⌊a / b⌋ is exact. In that
// range, adding 1.5·2⁵² places an integer in the low bits of a double, and rounds other numbers.
enum { DIVIDED = 256 };
#define ROUNDING 0x1.8p52
#define ROUNDING_BITS 0x4338000000000000
#define DIVISION_LIMIT ((uint64_t)1 << 50)

static inline double small_double(int64_t x) {
  double y;
  x += ROUNDING_BITS;
  memcpy(&y, &x, sizeof y);
  return y - ROUNDING;
}

static inline int64_t small_integer(double x) {
  int64_t y;
  x += ROUNDING;
  memcpy(&y, &x, sizeof y);
  return y - ROUNDING_BITS;
}

static inline double small_floor(double x) {
  double rounded = x + ROUNDING - ROUNDING;
  return rounded - (rounded > x ? 1.0 : 0.0);
}

VECTORIZED static bool are_small(long n, const int64_t *x) {
  uint64_t all = 0;
  for (long i = 0; i < n; i++) all |= (uint64_t)x[i] + DIVISION_LIMIT;
  return all < 2 * DIVISION_LIMIT;
}

// Elements that are adjacent, or adjacent copies of them.
static const int64_t *block_of(const int64_t *x, long step, long n, int64_t *copies) {
  if (step == 1) return x;
  for (long i = 0; i < n; i++) copies[i] = x[i * step];
  return copies;
}

#define DIVISION_ROW(operation, by_zero, expression)                                       \
  VECTORIZED static void operation##_small(                                                \
      long n, int64_t *y, const int64_t *as, const int64_t *bs) {                          \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      double a = small_double(as[i]), b = small_double(bs[i]);                             \
      double quotient = small_floor(a / b);                                                \
      y[i] = b == 0 ? by_zero : small_integer(expression);                                 \
    }                                                                                      \
  }                                                                                        \
  static void operation##_in_blocks(                                                       \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    int64_t *y = (int64_t *)pointers[0], copies[2][DIVIDED];                               \
    const int64_t *a = (const int64_t *)pointers[1], *b = (const int64_t *)pointers[2];    \
    long sy = strides[0], sa = strides[1], sb = strides[2];                                \
    for (long count; n > 0; n -= count) {                                                  \
      count = n < DIVIDED ? n : DIVIDED;                                                   \
      const int64_t *as = block_of(a, sa, count, copies[0]);                               \
      const int64_t *bs = block_of(b, sb, count, copies[1]);                               \
      if (sy == 1 && are_small(count, as) && are_small(count, bs)) {                       \
        operation##_small(count, y, as, bs);                                               \
      } else {                                                                             \
        operation##_int64(loops, count, (char *[]){(char *)y, (char *)a, (char *)b}, strides); \
      }                                                                                    \
      y += count * sy;                                                                     \
      a += count * sa;                                                                     \
      b += count * sb;                                                                     \
    }                                                                                      \
  }
DIVISION_ROW(floorDivide, 0, quotient)
DIVISION_ROW(remainder, as[i], a - b * quotient)

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
#define X(name, ...) [BinaryOperation_##name] = {FLAMBEAU_FLOAT_DTYPES(ENTRY, name)},
    FLAMBEAU_BINARY_ALGEBRAIC(X)
#undef X
};

// The row of an operation; transcendental ones are kept in the context.
static Row unary_row(UnaryOperation op, DType dtype, Numbers *numbers) {
  if (dtype == DType_bfloat16 || dtype == DType_float16) {
    if (op == UnaryOperation_negate) return negate_half;
    if (op == UnaryOperation_abs) return abs_half;
  }
  Row row = unary_rows[op][dtype];
  if (!row) row = unary_function_row(op, dtype, numbers);
  if (!row) flambeau_stop_without_kernel(flambeau_unary_name(op), dtype);
  return row;
}

static Row binary_row(BinaryOperation op, DType dtype, Numbers *numbers) {
  Row row = binary_rows[op][dtype];
  if (row == floorDivide_int64) return floorDivide_in_blocks;
  if (row == remainder_int64) return remainder_in_blocks;
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
