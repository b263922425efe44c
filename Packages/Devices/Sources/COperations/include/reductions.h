#pragma once
#include <stdbool.h>

#include "dtypes.h"

// Totals, of floating-point numbers in double precision: X(name, what an element x counts where c is the centre of its
// result, how a total takes in one more, where it starts, whether results have the elements' own type or a wide one,
// which is float64, and whether there is one of int64 too).
#define FLAMBEAU_TOTALS(X)                                  \
  X(sum, x, FLAMBEAU_ADD, 0, own, int64)                    \
  X(wideSum, x, FLAMBEAU_ADD, 0, wide, none)                \
  X(squares, (x - c) * (x - c), FLAMBEAU_ADD, 0, own, none) \
  X(product, x, FLAMBEAU_MULTIPLY, 1, own, int64)

// What chooses one of the elements: X(name).
#define FLAMBEAU_CHOICES(X) X(maximum) X(minimum) X(indexOfMaximum) X(indexOfMinimum)

#define FLAMBEAU_REDUCTIONS(X) FLAMBEAU_TOTALS(X) FLAMBEAU_CHOICES(X)

/// How a reduction joins elements.
typedef FLAMBEAU_ENUM(Reduction) {
#define X(name, ...) FLAMBEAU_CASE(Reduction, name),
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

/// Whether a reduction is a total, and where that starts.
bool flambeau_is_total(Reduction reduction, long *_Nonnull start);
/// A total that has taken in one more element, whose result has a centre.
double flambeau_joined_total(Reduction reduction, double total, double x, double c);
int64_t flambeau_joined_whole_total(Reduction reduction, int64_t total, int64_t x);

// How a total takes in one more number, on all devices. The first NaN stays.
#define FLAMBEAU_ADD(total, x) total += x
#define FLAMBEAU_MULTIPLY(total, x) total *= x
#define FLAMBEAU_LARGER(total, x) total = total >= x || total != total ? total : x
#define FLAMBEAU_SMALLER(total, x) total = total <= x || total != total ? total : x

// Whether a comes before b where numbers rise. NaN counts as larger than all numbers.
#define FLAMBEAU_BEFORE(a, b) ((a) < (b) || ((a) == (a) && (b) != (b)))
