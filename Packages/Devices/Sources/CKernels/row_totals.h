#pragma once
#include "lanes.h"
#include "vectorized.h"

// Defines a function that returns the sum over a row, in double precision, of an expression in a and b, where a =
// first[i] - shift and b = second[i].
#define ROW_TOTAL(name, S, LOAD, EXPRESSION)                                               \
  VECTORIZED static double name(long n, const S *first, double shift, const S *second) {   \
    double lanes[LANES] = {0};                                                             \
    long i = 0;                                                                            \
    for (; i + LANES <= n; i += LANES) {                                                   \
      for (int k = 0; k < LANES; k++) {                                                    \
        double a = LOAD(first[i + k]) - shift, b = LOAD(second[i + k]);                    \
        (void)b;                                                                           \
        lanes[k] += EXPRESSION;                                                            \
      }                                                                                    \
    }                                                                                      \
    for (; i + FEW_LANES <= n; i += FEW_LANES) {                                           \
      for (int k = 0; k < FEW_LANES; k++) {                                                \
        double a = LOAD(first[i + k]) - shift, b = LOAD(second[i + k]);                    \
        (void)b;                                                                           \
        lanes[k] += EXPRESSION;                                                            \
      }                                                                                    \
    }                                                                                      \
    for (; i < n; i++) {                                                                   \
      double a = LOAD(first[i]) - shift, b = LOAD(second[i]);                              \
      (void)b;                                                                             \
      lanes[0] += EXPRESSION;                                                              \
    }                                                                                      \
    FOLD_LANES(LANES, lanes, FLAMBEAU_ADD)                                                 \
    return lanes[0];                                                                       \
  }
