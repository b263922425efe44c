#pragma once
#include <stdbool.h>

#include "dtypes.h"

// All reductions: X(name). A wide sum is float64 whatever the elements are; squares are those of distances from
// a centre.
#define FLAMBEAU_REDUCTIONS(X) \
  X(sum) X(wideSum) X(squares) X(product) X(maximum) X(minimum) X(indexOfMaximum) X(indexOfMinimum)

/// How a reduction joins elements.
typedef FLAMBEAU_ENUM(Reduction) {
#define X(name) FLAMBEAU_CASE(Reduction, name),
  FLAMBEAU_REDUCTIONS(X)
#undef X
} Reduction;

/// What becomes of sums of floating-point numbers, so that means, variances and norms are rounded once.
typedef struct {
  /// What is subtracted from the elements before they are squared, one number for each result; 0 if null.
  const double *_Nullable centers;
  /// What sums are divided by.
  double divisor;
  /// Whether the root is taken of them.
  bool takes_root;
} ReductionTerms;

const char *_Nonnull flambeau_reduction_name(Reduction reduction);

// How a total takes in one more number, on all devices. The first NaN stays.
#define FLAMBEAU_ADD(total, x) total += x
#define FLAMBEAU_MULTIPLY(total, x) total *= x
#define FLAMBEAU_LARGER(total, x) total = total >= x || total != total ? total : x
#define FLAMBEAU_SMALLER(total, x) total = total <= x || total != total ? total : x

// Whether a comes before b where numbers rise. NaN counts as larger than all numbers.
#define FLAMBEAU_BEFORE(a, b) ((a) < (b) || ((a) == (a) && (b) != (b)))
