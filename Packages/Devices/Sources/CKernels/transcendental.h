#pragma once
#include "loops.h"

/// y = f(x), or f(a, b), for n contiguous elements.
typedef void (*Function)(
    long n, void *y, const void *const inputs[2], double p, double q);

/// The context of an element-wise row: the parameters of its operation and, if it is transcendental, its function.
typedef struct {
  double p, q;
  Function function;
} Numbers;

/// The row of a transcendental operation on a floating-point dtype, whose function is kept in `numbers`; NULL for
/// others.
Row unary_function_row(UnaryOperation op, DType dtype, Numbers *numbers);
Row binary_function_row(BinaryOperation op, DType dtype, Numbers *numbers);
