#pragma once
#include <stdbool.h>

#include "dtypes.h"

// Totals, accumulated in double precision for floating point: X(name, the term of an element x given the center c of
// its result, how a total is joined with a term, the initial total, whether results have the elements' own type or a
// wide one, float64, and whether there is an int64 version too).
#define FLAMBEAU_TOTALS(X)                                  \
  X(sum, x, FLAMBEAU_ADD, 0, own, int64)                    \
  X(wideSum, x, FLAMBEAU_ADD, 0, wide, none)                \
  X(squares, (x - c) * (x - c), FLAMBEAU_ADD, 0, own, none) \
  X(product, x, FLAMBEAU_MULTIPLY, 1, own, int64)

// Reductions that select one of the elements: X(name).
#define FLAMBEAU_CHOICES(X) X(maximum) X(minimum) X(indexOfMaximum) X(indexOfMinimum)

#define FLAMBEAU_REDUCTIONS(X) FLAMBEAU_TOTALS(X) FLAMBEAU_CHOICES(X)

/// The kind of a reduction.
typedef FLAMBEAU_ENUM(Reduction) {
#define X(name, ...) FLAMBEAU_CASE(Reduction, name),
  FLAMBEAU_REDUCTIONS(X)
#undef X
} Reduction;

/// The finishing steps of floating-point totals, so that means, variances and norms are rounded once.
typedef struct {
  /// Subtracted from the elements before they are squared, one number for each result; 0 if null.
  const double *_Nullable centers;
  /// The divisor of totals.
  double divisor;
  /// Whether their square root is taken.
  bool takes_root;
} ReductionTerms;

const char *_Nonnull flambeau_reduction_name(Reduction reduction);

/// Whether a reduction is a total, and its initial value.
bool flambeau_is_total(Reduction reduction, long *_Nonnull start);
/// The total joined with one more element, given the center c of its result.
double flambeau_joined_total(Reduction reduction, double total, double x, double c);
int64_t flambeau_joined_whole_total(Reduction reduction, int64_t total, int64_t x);

// How a total is joined with one more number, on all devices. The first NaN wins.
#define FLAMBEAU_ADD(total, x) total += x
#define FLAMBEAU_MULTIPLY(total, x) total *= x
#define FLAMBEAU_LARGER(total, x) total = total >= x || total != total ? total : x
#define FLAMBEAU_SMALLER(total, x) total = total <= x || total != total ? total : x

// Whether a comes before b in ascending order. NaN counts as the largest.
#define FLAMBEAU_BEFORE(a, b) ((a) < (b) || ((a) == (a) && (b) != (b)))
