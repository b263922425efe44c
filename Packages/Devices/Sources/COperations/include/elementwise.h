#pragma once
#include "dtypes.h"

// The scalar arithmetic of every element-wise operation, written once for all devices: the kernels
// of each device, and Swift's enums of operations, are made from these tables. A new operation is a
// line here and a method on Tensor.
//
// The expressions are C and CUDA C++ alike. Their inputs are x, or a and b, of the element type;
// functions such as exp() take any floating-point type.

// For all numbers: X(name, expression in x).
#define FLAMBEAU_UNARY_ARITHMETIC(X) \
  X(negate, -x)                      \
  X(abs, x < 0 ? -x : x)             \
  X(sign, (x > 0) - (x < 0))         \
  X(square, x * x)                   \
  X(relu, x < 0 ? 0 : x)

// For floating-point numbers.
#define FLAMBEAU_UNARY_FLOAT(X) \
  X(exp, exp(x))                \
  X(log, log(x))                \
  X(sqrt, sqrt(x))              \
  X(reciprocal, 1 / x)          \
  X(sin, sin(x))                \
  X(cos, cos(x))                \
  X(tanh, tanh(x))              \
  X(sigmoid, 1 / (1 + exp(-x)))

// For all numbers: X(name, expression in a and b).
#define FLAMBEAU_BINARY_ARITHMETIC(X)                     \
  X(add, a + b)                                           \
  X(subtract, a - b)                                      \
  X(multiply, a * b)                                      \
  X(maximum, a != a ? a : b != b ? b : a > b ? a : b)     \
  X(minimum, a != a ? a : b != b ? b : a < b ? a : b)     \
  X(gate, b > 0 ? a : 0)

// For floating-point numbers.
#define FLAMBEAU_BINARY_FLOAT(X) \
  X(divide, a / b)               \
  X(power, pow(a, b))

// For all numbers; the result is true or false.
#define FLAMBEAU_COMPARISONS(X) \
  X(equal, a == b)              \
  X(notEqual, a != b)           \
  X(less, a < b)                \
  X(lessOrEqual, a <= b)        \
  X(greater, a > b)             \
  X(greaterOrEqual, a >= b)

typedef FLAMBEAU_ENUM(UnaryOperation) {
#define X(name, expression) FLAMBEAU_CASE(UnaryOperation, name),
  FLAMBEAU_UNARY_ARITHMETIC(X) FLAMBEAU_UNARY_FLOAT(X)
#undef X
} UnaryOperation;

typedef FLAMBEAU_ENUM(BinaryOperation) {
#define X(name, expression) FLAMBEAU_CASE(BinaryOperation, name),
  FLAMBEAU_BINARY_ARITHMETIC(X) FLAMBEAU_BINARY_FLOAT(X)
#undef X
} BinaryOperation;

typedef FLAMBEAU_ENUM(Comparison) {
#define X(name, expression) FLAMBEAU_CASE(Comparison, name),
  FLAMBEAU_COMPARISONS(X)
#undef X
} Comparison;

// How many there are of each, and how many of them take all numbers; those come first.
enum {
#define X(name, expression) +1
  FLAMBEAU_UNARY_ARITHMETIC_COUNT = 0 FLAMBEAU_UNARY_ARITHMETIC(X),
  FLAMBEAU_UNARY_COUNT = FLAMBEAU_UNARY_ARITHMETIC_COUNT FLAMBEAU_UNARY_FLOAT(X),
  FLAMBEAU_BINARY_ARITHMETIC_COUNT = 0 FLAMBEAU_BINARY_ARITHMETIC(X),
  FLAMBEAU_BINARY_COUNT = FLAMBEAU_BINARY_ARITHMETIC_COUNT FLAMBEAU_BINARY_FLOAT(X),
  FLAMBEAU_COMPARISON_COUNT = 0 FLAMBEAU_COMPARISONS(X),
#undef X
};

const char *flambeau_unary_name(UnaryOperation operation);
const char *flambeau_binary_name(BinaryOperation operation);
const char *flambeau_comparison_name(Comparison comparison);
