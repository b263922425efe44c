#pragma once
#include "fusion.h"
#include "lanes.h"
#include "vectorized.h"

// How rows of elements are reduced to totals: into one, or column by column into several.

// Joins four elements for each lane pairwise in the partial type P, before they reach the totals' type.
#define FOUR_IN_LANES(ELEMENT, P, JOIN, keep)                                              \
  for (int k = 0; k < LANES; k++) {                                                        \
    P a = (P)ELEMENT(x[i + k], center), b = (P)ELEMENT(x[i + 2 * LANES + k], center);      \
    JOIN(a, (P)ELEMENT(x[i + LANES + k], center));                                         \
    JOIN(b, (P)ELEMENT(x[i + 3 * LANES + k], center));                                     \
    JOIN(a, b);                                                                            \
    keep;                                                                                  \
  }

// Joins rows of n columns into n totals, vectorized if they are contiguous. ELEMENT computes the joined term from an
// element and the center of its result. Four terms at a time are joined in type P.
#define COLUMNS(name, ELEMENT, S, P, A, JOIN)                                                   \
  VECTORIZED static void name##_columns(                                                        \
      long n, A *totals, const S *x, long stride, const double *centers) {                      \
    if (stride == 1) {                                                                          \
      INDEPENDENT for (long i = 0; i < n; i++) JOIN(totals[i], (A)ELEMENT(x[i], centers[i]));   \
    } else {                                                                                    \
      for (long i = 0; i < n; i++) JOIN(totals[i], (A)ELEMENT(x[i * stride], centers[i]));      \
    }                                                                                           \
  }                                                                                             \
  /* Eight rows at a time, so that totals are loaded and stored less often. */                  \
  VECTORIZED static void name##_eight_rows(                                                     \
      long n, A *totals, const S *x, long row, const double *centers) {                         \
    INDEPENDENT for (long i = 0; i < n; i++) {                                                  \
      P a = (P)ELEMENT(x[i], centers[i]), b = (P)ELEMENT(x[i + 2 * row], centers[i]);           \
      P c = (P)ELEMENT(x[i + 4 * row], centers[i]), d = (P)ELEMENT(x[i + 6 * row], centers[i]); \
      JOIN(a, (P)ELEMENT(x[i + row], centers[i]));                                              \
      JOIN(b, (P)ELEMENT(x[i + 3 * row], centers[i]));                                          \
      JOIN(c, (P)ELEMENT(x[i + 5 * row], centers[i]));                                          \
      JOIN(d, (P)ELEMENT(x[i + 7 * row], centers[i]));                                          \
      JOIN(a, b);                                                                               \
      JOIN(c, d);                                                                               \
      A first = (A)a;                                                                           \
      JOIN(first, (A)c);                                                                        \
      JOIN(totals[i], first);                                                                   \
    }                                                                                           \
  }

// Joins at most a block of elements into one total, vectorized if they are contiguous.
#define TOTAL_BLOCK(name, ELEMENT, S, P, A, JOIN)                                         \
  INLINE A name##_block(long n, A total, const S *x, long stride, double center) {        \
    long i = 0;                                                                           \
    (void)center;                                                                         \
    if (stride == 1 && n >= 4 * LANES) {                                                  \
      A lanes[LANES];                                                                     \
      FOUR_IN_LANES(ELEMENT, P, JOIN, lanes[k] = a)                                       \
      for (i = 4 * LANES; i + 4 * LANES <= n; i += 4 * LANES) {                           \
        FOUR_IN_LANES(ELEMENT, P, JOIN, JOIN(lanes[k], (A)a))                             \
      }                                                                                   \
      FOLD_LANES(LANES, lanes, JOIN)                                                      \
      JOIN(total, lanes[0]);                                                              \
    }                                                                                     \
    if (stride == 1 && n - i >= FEW_LANES) {                                              \
      /* Compilers do not find out by themselves that these fit a vector. */              \
      A __attribute__((vector_size(FEW_LANES * sizeof(A)))) lanes, more;                  \
      for (int k = 0; k < FEW_LANES; k++) lanes[k] = (A)ELEMENT(x[i + k], center);        \
      for (i += FEW_LANES; i + FEW_LANES <= n; i += FEW_LANES) {                          \
        for (int k = 0; k < FEW_LANES; k++) more[k] = (A)ELEMENT(x[i + k], center);       \
        JOIN(lanes, more);                                                                \
      }                                                                                   \
      FOLD_LANES(FEW_LANES, lanes, JOIN)                                                  \
      JOIN(total, lanes[0]);                                                              \
    }                                                                                     \
    for (; i < n; i++) JOIN(total, (A)ELEMENT(x[i * stride], center));                    \
    return total;                                                                         \
  }

// The extreme element of a row, or its first NaN. Processors have an instruction for the larger of two numbers that
// takes no notice of NaN, which is looked for in two elements at once.
#define BEST_IN_LANES(COUNT, LOAD, C, BETTER)                                              \
  if (stride == 1 && n - i >= 2 * COUNT) {                                                 \
    C lanes[COUNT];                                                                        \
    int nans[COUNT] = {0};                                                                 \
    for (int k = 0; k < COUNT; k++) lanes[k] = LOAD(x[i + k]);                             \
    for (; i + 2 * COUNT <= n; i += 2 * COUNT) {                                           \
      for (int k = 0; k < COUNT; k++) {                                                    \
        C a = LOAD(x[i + k]), b = LOAD(x[i + COUNT + k]);                                  \
        nans[k] |= (a != a) | (b != b);                                                    \
        a = a BETTER b ? a : b;                                                            \
        lanes[k] = a BETTER lanes[k] ? a : lanes[k];                                       \
      }                                                                                    \
    }                                                                                      \
    for (int half = COUNT / 2; half > 0; half /= 2) {                                      \
      for (int k = 0; k < half; k++) {                                                     \
        lanes[k] = lanes[k] BETTER lanes[k + half] ? lanes[k] : lanes[k + half];           \
        nans[k] |= nans[k + half];                                                         \
      }                                                                                    \
    }                                                                                      \
    has_nan |= nans[0];                                                                    \
    total = lanes[0] BETTER total ? lanes[0] : total;                                      \
  }
#define EXTREME_BLOCK(name, LOAD, S, C, JOIN, BETTER)                                                  \
  INLINE C name##_block(long n, C total, const S *x, long stride, double center) {                     \
    int has_nan = 0;                                                                                   \
    long i = 0;                                                                                        \
    BEST_IN_LANES(LANES, LOAD, C, BETTER)                                                              \
    BEST_IN_LANES(FEW_LANES, LOAD, C, BETTER)                                                          \
    for (; i < n; i++) JOIN(total, LOAD(x[i * stride]));                                               \
    for (i = 0; has_nan && total == total; i++) total = LOAD(x[i]) == LOAD(x[i]) ? total : LOAD(x[i]); \
    return total;                                                                                      \
  }

// A row is reduced block by block, so that a chain of operations that computes its blocks has the same total.
#define BY_BLOCKS(name, S, A)                                                    \
  INLINE A name##_row(long n, A total, const S *x, long stride, double center) { \
    do {                                                                         \
      long count = n < FLAMBEAU_BLOCK ? n : FLAMBEAU_BLOCK;                      \
      total = name##_block(count, total, x, stride, center);                     \
      x += count * stride;                                                       \
      n -= count;                                                                \
    } while (n > 0);                                                             \
    return total;                                                                \
  }
