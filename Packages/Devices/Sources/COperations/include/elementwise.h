#pragma once
#include "dtypes.h"

// The scalar arithmetic of every element-wise operation, written once for all devices: the kernels
// of each device, and Swift's enums of operations, are generated from these tables. A new operation is a
// line here, and an `Operator` row with its method in the package Tensors.
//
// The expressions are valid C and CUDA C++. Their inputs are x, or a and b, in the compute type T;
// functions such as exp() take any floating-point type. p and q are parameters of some operations.
// Each device also has exp_below_0(x) = eˣ and exp_times_below_0(f, x) = f·eˣ for x ≤ 0, exact even
// if eˣ alone is subnormal, gelu_tail(x) = x·Φ(-x) for x ≥ 0, where Φ is the normal
// distribution's, and gelu_derivative(x) = Φ(x) + x·φ(x). Transcendental functions may use
// FLAMBEAU_FALLING's variables, which come first so that they are computed once, and not at all
// where they are not used.

// e^-|x| and x·e^-|x|, where 1000·e⁻¹⁰⁰⁰ is 0.
#define FLAMBEAU_FALLING                                                        \
  T falling = exp_below_0(x < 0 ? x : -x);                                      \
  T falling_line = exp_times_below_0(x < -1000 ? (T)-1000 : x, x < 0 ? x : -x); \
  (void)falling, (void)falling_line;

// For all dtypes: X(name, expression in x).
#define FLAMBEAU_UNARY_ARITHMETIC(X) \
  X(negate, -x)                      \
  X(abs, x <= 0 ? 0 - x : x)         \
  X(sign, (x > 0) - (x < 0))         \
  X(square, x * x)                   \
  X(relu, x < 0 ? 0 : x)

// For integers and bool.
#define FLAMBEAU_UNARY_INTEGER(X) \
  X(bitwiseNot, sizeof(x) == 1 && (T)-1 == 1 ? !x : ~(int64_t)x)

// For floating-point dtypes: X(name, expression in x, p and q).
#define FLAMBEAU_UNARY_FLOAT(X)    \
  FLAMBEAU_UNARY_ALGEBRAIC(X)      \
  FLAMBEAU_UNARY_TRANSCENDENTAL(X) \
  FLAMBEAU_UNARY_PERIODIC(X)

// A few instructions each.
#define FLAMBEAU_UNARY_ALGEBRAIC(X)                                                  \
  X(cube, x * x * x)                                                                 \
  X(sqrt, sqrt(x))                                                                   \
  X(rsqrt, 1 / sqrt(x))                                                              \
  X(reciprocal, 1 / x)                                                               \
  X(floor, floor(x))                                                                 \
  X(ceil, ceil(x))                                                                   \
  X(round, rint(x))                                                                  \
  X(trunc, trunc(x))                                                                 \
  X(frac, x - trunc(x))                                                              \
  X(clamp, (x < p ? p : x) > q ? q : x < p ? p : x)                                  \
  X(leakyRelu, x > 0 ? x : x * p)                                                    \
  X(huber, x > -p && x < p ? x * x * (q / (2 * p)) : ((x < 0 ? -x : x) - p / 2) * q) \
  X(softsign, x / (1 + (x < 0 ? -x : x)))                                            \
  X(hardsigmoid, x < -3 ? 0 : x > 3 ? 1 : (x + 3) / 6)                               \
  X(hardswish, x * (x < -3 ? 0 : x > 3 ? 6 : x + 3) / 6)

#define FLAMBEAU_UNARY_TRANSCENDENTAL(X)                                                 \
  X(exp, exp(x))                                                                         \
  X(expm1, expm1(x))                                                                     \
  X(exp2, exp2(x))                                                                       \
  X(log, log(x))                                                                         \
  X(log1p, log1p(x))                                                                     \
  X(log2, log2(x))                                                                       \
  X(log10, log10(x))                                                                     \
  X(asin, asin(x))                                                                       \
  X(acos, acos(x))                                                                       \
  X(atan, atan(x))                                                                       \
  X(sinh, sinh(x))                                                                       \
  X(cosh, cosh(x))                                                                       \
  X(tanh, tanh(x))                                                                       \
  X(asinh, asinh(x))                                                                     \
  X(acosh, acosh(x))                                                                     \
  X(atanh, atanh(x))                                                                     \
  X(erf, erf(x))                                                                         \
  X(erfc, erfc(x))                                                                       \
  X(sigmoid, (x < 0 ? falling : 1) / (1 + falling))                                      \
  X(logSigmoid, (x < 0 ? x : 0) - log1p(falling))                                        \
  X(elu, (x > 0 ? x : p * expm1(x)) * q)                                                 \
  X(gelu, (x > 0 ? x : 0) - gelu_tail(x < 0 ? -x : x))                                   \
  X(geluTanh, x / (1 + exp((T)-1.59576912160573071176 * (x + (T)0.044715 * x * x * x)))) \
  X(silu, (x < 0 ? falling_line : x) / (1 + falling))                                    \
  X(mish, (x < 0 ? falling_line * (2 + falling) : x * (1 + 2 * falling)) /               \
    (2 * falling + (x < 0 ? 2 + falling * falling : 1 + 2 * falling * falling)))         \
  X(softplus, x * p > q ? x : log1p(exp(x * p)) / p)

#define FLAMBEAU_UNARY_PERIODIC(X) \
  X(sin, sin(x))                   \
  X(cos, cos(x))                   \
  X(tan, tan(x))

// For all dtypes: X(name, expression in a and b).
#define FLAMBEAU_BINARY_ARITHMETIC(X)                 \
  X(add, a + b)                                       \
  X(subtract, a - b)                                  \
  X(multiply, a * b)                                  \
  X(maximum, a != a ? a : b != b ? b : a > b ? a : b) \
  X(minimum, a != a ? a : b != b ? b : a < b ? a : b) \
  X(gate, b <= 0 ? 0 : a)

// For integers and bool. Shifts by a negative number of bits, or by the width of the type or more, shift out all bits.
#define FLAMBEAU_BINARY_INTEGER(X)                                      \
  X(bitwiseAnd, a & b)                                                  \
  X(bitwiseOr, a | b)                                                   \
  X(bitwiseXor, a ^ b)                                                  \
  X(shiftLeft, b < 0 || b >= (T)(8 * sizeof(T)) ? 0 : (uint64_t)a << b) \
  X(shiftRight, b < 0 || b >= (T)(8 * sizeof(T)) ? (a < 0 ? -1 : 0) : a >> b)

// For all dtypes: X(name, expression for integers, expression for floating point).
#define FLAMBEAU_BINARY_DIVISION(X) FLAMBEAU_BINARY_MODULUS(X) FLAMBEAU_BINARY_POWER(X)

#define FLAMBEAU_BINARY_MODULUS(X)                                                         \
  X(remainder, a - b * flambeau_integer_floor_divide(a, b),                                \
    fmod(a, b) != 0 && (fmod(a, b) < 0) != (b < 0) ? fmod(a, b) + b : fmod(a, b))          \
  X(floorDivide, flambeau_integer_floor_divide(a, b),                                      \
    b == 0 ? a / b : floor((a - fmod(a, b)) / b + (T)0.5) -                                \
      (fmod(a, b) != 0 && (fmod(a, b) < 0) != (b < 0)))

#define FLAMBEAU_BINARY_POWER(X) X(power, flambeau_integer_power(a, b), pow(a, b))

// For floating-point dtypes.
#define FLAMBEAU_BINARY_FLOAT(X) FLAMBEAU_BINARY_ALGEBRAIC(X) FLAMBEAU_BINARY_TRANSCENDENTAL(X)

#define FLAMBEAU_BINARY_ALGEBRAIC(X)                                      \
  X(divide, a / b)                                                        \
  X(hardsigmoidGradient, b > -3 && b < 3 ? a / 6 : 0)                     \
  X(hardswishGradient, b <= -3 ? 0 : b < 3 ? a * (b / 3 + (T)0.5) : a)

#define FLAMBEAU_BINARY_TRANSCENDENTAL(X)                                 \
  X(atan2, atan2(a, b))                                                   \
  X(geluGradient, a * gelu_derivative(b))                                 \
  X(logaddexp, a == b ? a + (T)0.69314718055994530942                     \
    : (a > b ? a : b) + log1p(exp(a > b ? b - a : a - b)))

// For all dtypes; the result is bool.
#define FLAMBEAU_COMPARISONS(X)       \
  X(equal, a == b)                    \
  X(notEqual, a != b)                 \
  X(less, a < b)                      \
  X(lessOrEqual, a <= b)              \
  X(greater, a > b)                   \
  X(greaterOrEqual, a >= b)           \
  X(logicalAnd, (a != 0) & (b != 0))  \
  X(logicalOr, (a != 0) | (b != 0))   \
  X(logicalXor, (a != 0) ^ (b != 0))

// For all dtypes, with one input; the result is bool.
#define FLAMBEAU_TESTS(X)                 \
  X(isnan, x != x)                        \
  X(isinf, x == x && !(x - x == x - x))   \
  X(isfinite, x - x == x - x)             \
  X(isposinf, x > 0 && !(x - x == x - x)) \
  X(isneginf, x < 0 && !(x - x == x - x)) \
  X(logicalNot, x == 0)

/// ⌊a / b⌋, or 0 if b is 0.
static inline int64_t flambeau_integer_floor_divide(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return (int64_t)-(uint64_t)a;
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/// a to the power of b, by squaring. Negative powers of numbers other than 1 and -1 are 0.
static inline int64_t flambeau_integer_power(int64_t a, int64_t b) {
  if (b < 0) return a == 1 ? 1 : a == -1 ? (b & 1 ? -1 : 1) : 0;
  uint64_t result = 1;
  for (uint64_t base = (uint64_t)a; b > 0; b >>= 1, base *= base) {
    if (b & 1) result *= base;
  }
  return (int64_t)result;
}

typedef FLAMBEAU_ENUM(UnaryOperation) {
#define X(name, ...) FLAMBEAU_CASE(UnaryOperation, name),
  FLAMBEAU_UNARY_ARITHMETIC(X) FLAMBEAU_UNARY_INTEGER(X) FLAMBEAU_UNARY_FLOAT(X)
#undef X
} UnaryOperation;

typedef FLAMBEAU_ENUM(BinaryOperation) {
#define X(name, ...) FLAMBEAU_CASE(BinaryOperation, name),
  FLAMBEAU_BINARY_ARITHMETIC(X) FLAMBEAU_BINARY_DIVISION(X) FLAMBEAU_BINARY_INTEGER(X)
  FLAMBEAU_BINARY_FLOAT(X)
#undef X
} BinaryOperation;

typedef FLAMBEAU_ENUM(Comparison) {
#define X(name, ...) FLAMBEAU_CASE(Comparison, name),
  FLAMBEAU_COMPARISONS(X)
#undef X
} Comparison;

typedef FLAMBEAU_ENUM(ElementTest) {
#define X(name, ...) FLAMBEAU_CASE(ElementTest, name),
  FLAMBEAU_TESTS(X)
#undef X
} ElementTest;

// The numbers of operations, up to each domain in the order of the enums.
enum {
#define X(name, ...) +1
  FLAMBEAU_UNARY_ARITHMETIC_COUNT = 0 FLAMBEAU_UNARY_ARITHMETIC(X),
  FLAMBEAU_UNARY_INTEGRAL_COUNT = FLAMBEAU_UNARY_ARITHMETIC_COUNT FLAMBEAU_UNARY_INTEGER(X),
  FLAMBEAU_UNARY_COUNT = FLAMBEAU_UNARY_INTEGRAL_COUNT FLAMBEAU_UNARY_FLOAT(X),
  FLAMBEAU_BINARY_ARITHMETIC_COUNT = 0 FLAMBEAU_BINARY_ARITHMETIC(X) FLAMBEAU_BINARY_DIVISION(X),
  FLAMBEAU_BINARY_INTEGRAL_COUNT = FLAMBEAU_BINARY_ARITHMETIC_COUNT FLAMBEAU_BINARY_INTEGER(X),
  FLAMBEAU_BINARY_COUNT = FLAMBEAU_BINARY_INTEGRAL_COUNT FLAMBEAU_BINARY_FLOAT(X),
  FLAMBEAU_COMPARISON_COUNT = 0 FLAMBEAU_COMPARISONS(X),
  FLAMBEAU_TEST_COUNT = 0 FLAMBEAU_TESTS(X),
#undef X
};

const char *flambeau_unary_name(UnaryOperation operation);
const char *flambeau_binary_name(BinaryOperation operation);
const char *flambeau_comparison_name(Comparison comparison);
const char *flambeau_test_name(ElementTest test);
