#pragma once
#include <COperations.h>

// Totals of a row are accumulated in lanes, which map to SIMD registers and are joined pairwise at the end.

enum {
  LANES = 32,
  /// For short rows.
  FEW_LANES = 8,
};

/// Joins all lanes with `JOIN(total, x)` into lanes[0].
#define FOLD_LANES(count, lanes, JOIN)                                       \
  for (int half = (count) / 2; half > 0; half /= 2) {                        \
    for (int k = 0; k < half; k++) JOIN(lanes[k], lanes[k + half]);          \
  }
