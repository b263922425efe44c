#pragma once
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "coefficients.h"
#include "vectorized.h"

// The functions of elementwise.h without branches and calls, so that loops over them are vectorized. They
// differ from the correctly rounded value by at most 1 unit in the last place, except for erfc (3), gelu
// (4) and sums and products of several functions, and by 0.52 in half precision; the tests check this. sin,
// cos, tan and fmod are so only where `is_ordinary`; the C library does the rest.

/// a·b + c, rounded once, where the exactness of a difference depends on it.
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define SQRT(x) __builtin_elementwise_sqrt(x)
#define TRUNC(x) __builtin_elementwise_trunc(x)

#define REAL float
#define INT int32_t
#define BITS uint32_t
#define F(name) name##_of_float
#define T(name) name##_float
#define P(name) name##_float
#define PRECISE true
#include "functions_of.h"

// Of floats that become halves.
#define REAL float
#define INT int32_t
#define BITS uint32_t
#define F(name) name##_of_half
#define T(name) name##_float
#define P(name) name##_half
#define PRECISE false
#include "functions_of.h"

#define REAL double
#define INT int64_t
#define BITS uint64_t
#define F(name) name##_of_double
#define T(name) name##_double
#define P(name) name##_double
#define PRECISE true
#include "functions_of.h"

#define FOR_TYPE(name, x) _Generic((x), float: name##_of_float, default: name##_of_double)
#define exp(x) FOR_TYPE(exp, x)(x)
#define exp2(x) FOR_TYPE(exp2, x)(x)
#define expm1(x) FOR_TYPE(expm1, x)(x)
#define exp_below_0(x) FOR_TYPE(exp_below_0, x)(x)
#define exp_times_below_0(factor, x) FOR_TYPE(exp_times_below_0, x)(factor, x)
#define log(x) FOR_TYPE(log, x)(x)
#define log1p(x) FOR_TYPE(log1p, x)(x)
#define log2(x) FOR_TYPE(log2, x)(x)
#define log10(x) FOR_TYPE(log10, x)(x)
#define pow(a, b) FOR_TYPE(pow, a)(a, b)
#define sin(x) FOR_TYPE(sin, x)(x)
#define cos(x) FOR_TYPE(cos, x)(x)
#define tan(x) FOR_TYPE(tan, x)(x)
#define asin(x) FOR_TYPE(asin, x)(x)
#define acos(x) FOR_TYPE(acos, x)(x)
#define atan(x) FOR_TYPE(atan, x)(x)
#define atan2(a, b) FOR_TYPE(atan2, a)(a, b)
#define sinh(x) FOR_TYPE(sinh, x)(x)
#define cosh(x) FOR_TYPE(cosh, x)(x)
#define tanh(x) FOR_TYPE(tanh, x)(x)
#define asinh(x) FOR_TYPE(asinh, x)(x)
#define acosh(x) FOR_TYPE(acosh, x)(x)
#define atanh(x) FOR_TYPE(atanh, x)(x)
#define erf(x) FOR_TYPE(erf, x)(x)
#define erfc(x) FOR_TYPE(erfc, x)(x)
#define gelu_tail(x) FOR_TYPE(gelu_tail, x)(x)
#define gelu_derivative(x) FOR_TYPE(gelu_derivative, x)(x)
#define fmod(a, b) FOR_TYPE(fmod, a)(a, b)

// These compile to single instructions if the processor has them; the C library's versions set errno, which prevents
// vectorization.
#define sqrt(x) SQRT(x)
#define floor(x) __builtin_elementwise_floor(x)
#define ceil(x) __builtin_elementwise_ceil(x)
#define trunc(x) TRUNC(x)
#define rint(x) __builtin_elementwise_rint(x)
