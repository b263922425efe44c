#pragma once
#include "include/views.h"

/// An element of a softmax's gradient, from that of the result y, g, and from Σ g·y; or of its logarithm's, and Σ g.
#define SOFTMAX_DERIVATIVE(logarithm, g, y, total) \
  (logarithm ? (g) - exp_below_0(y) * (total) : (y) * ((g) - (total)))

/// Softmax along the middle one of three dims, for inner > 1.
void softmax_of_columns(
    DType dtype, bool logarithm, long outer, long n, long inner, void *y, const void *x);
void softmax_gradients_of_columns(
    DType dtype, bool logarithm, long outer, long n, long inner, void *dx, const void *g,
    const void *y);
