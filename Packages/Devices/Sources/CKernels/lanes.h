#pragma once
#include <COperations.h>

// Totals of a row are kept in lanes, which the processor handles several at a time, and these are joined
// at the end, half with half.

enum { LANES = 32 };

/// Leaves in lanes[0] what `JOIN(total, x)` makes of all.
#define FOLD_LANES(lanes, JOIN)                                              \
  for (int half = LANES / 2; half > 0; half /= 2) {                          \
    for (int k = 0; k < half; k++) JOIN(lanes[k], lanes[k + half]);          \
  }
