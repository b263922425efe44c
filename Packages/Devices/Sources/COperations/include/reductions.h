#pragma once
#include "dtypes.h"

// All reductions: X(name).
#define FLAMBEAU_REDUCTIONS(X) \
  X(sum) X(product) X(maximum) X(minimum) X(indexOfMaximum) X(indexOfMinimum)

/// How a reduction joins elements.
typedef FLAMBEAU_ENUM(Reduction) {
#define X(name) FLAMBEAU_CASE(Reduction, name),
  FLAMBEAU_REDUCTIONS(X)
#undef X
} Reduction;

const char *flambeau_reduction_name(Reduction reduction);

// How a total takes in one more number, on all devices. The first NaN stays.
#define FLAMBEAU_ADD(total, x) total += x
#define FLAMBEAU_MULTIPLY(total, x) total *= x
#define FLAMBEAU_LARGER(total, x) total = total >= x || total != total ? total : x
#define FLAMBEAU_SMALLER(total, x) total = total <= x || total != total ? total : x

// Whether a comes before b where numbers rise. NaN counts as larger than all numbers.
#define FLAMBEAU_BEFORE(a, b) ((a) < (b) || ((a) == (a) && (b) != (b)))
