#pragma once
#include <string.h>

#include "fusion.h"
#include "lanes.h"
#include "vectorized.h"

// How rows of elements are reduced to totals: into one, or column by column into several.

// A vector of type T. Left to itself, the compiler makes all vectors of a loop as narrow as those of its widest type.
#define LANES_OF(T) __typeof__(T __attribute__((vector_size(FEW_LANES * sizeof(T)))))

// Two vectors of elements. Those of bfloat16 are the low and the high halves of words, since order does not matter.
#define LOAD_TWO(a, b, ELEMENT, S, P, x)                                                           \
  if (__builtin_types_compatible_p(S, bfloat16_t)) {                                               \
    uint32_t pairs[FEW_LANES];                                                                     \
    memcpy(pairs, x, sizeof pairs);                                                                \
    for (int k = 0; k < FEW_LANES; k++) {                                                          \
      uint16_t halves[] = {pairs[k], pairs[k] >> 16};                                              \
      S low, high;                                                                                 \
      memcpy(&low, &halves[0], sizeof halves[0]);                                                  \
      memcpy(&high, &halves[1], sizeof halves[1]);                                                 \
      a[k] = (P)ELEMENT(low, center);                                                              \
      b[k] = (P)ELEMENT(high, center);                                                             \
    }                                                                                              \
  } else {                                                                                         \
    const S *first = x, *second = first + FEW_LANES;                                               \
    for (int k = 0; k < FEW_LANES; k++) a[k] = (P)ELEMENT(first[k], center);                       \
    for (int k = 0; k < FEW_LANES; k++) b[k] = (P)ELEMENT(second[k], center);                      \
  }

// Joins four elements for each lane pairwise in the partial type P, before they reach the totals' type.
#define FOUR_IN_LANES(ELEMENT, S, P, JOIN, keep)                                                   \
  _Pragma("clang loop unroll(full)") for (int v = 0; v < LANES / FEW_LANES; v++) {                 \
    const S *four = x + i + v * 4 * FEW_LANES;                                                     \
    LANES_OF(P) a, b, c, d;                                                                        \
    LOAD_TWO(a, b, ELEMENT, S, P, four)                                                            \
    LOAD_TWO(c, d, ELEMENT, S, P, four + 2 * FEW_LANES)                                            \
    JOIN(a, b);                                                                                    \
    JOIN(c, d);                                                                                    \
    JOIN(a, c);                                                                                    \
    keep;                                                                                          \
  }

// Joins a row of n columns into n totals, vectorized if they are contiguous. ELEMENT computes the joined term from an
// element and the center of its result.
#define COLUMNS(name, ELEMENT, S, A, JOIN)                                                         \
  VECTORIZED static void name##_columns(                                                           \
      long n, A *totals, const S *x, long stride, const double *centers) {                         \
    if (stride == 1) {                                                                             \
      INDEPENDENT for (long i = 0; i < n; i++) JOIN(totals[i], (A)ELEMENT(x[i], centers[i]));      \
    } else {                                                                                       \
      for (long i = 0; i < n; i++) JOIN(totals[i], (A)ELEMENT(x[i * stride], centers[i]));         \
    }                                                                                              \
  }

// Joins eight rows, so that totals are loaded and stored less often.
#define EIGHT_ROWS(name, LOAD, S, C, JOIN)                                                         \
  VECTORIZED static void name##_eight_rows(                                                        \
      long n, C *totals, const S *x, long row, const double *centers) {                            \
    INDEPENDENT for (long i = 0; i < n; i++) {                                                     \
      C a = LOAD(x[i]), b = LOAD(x[i + 2 * row]);                                                  \
      C c = LOAD(x[i + 4 * row]), d = LOAD(x[i + 6 * row]);                                        \
      JOIN(a, LOAD(x[i + row]));                                                                   \
      JOIN(b, LOAD(x[i + 3 * row]));                                                               \
      JOIN(c, LOAD(x[i + 5 * row]));                                                               \
      JOIN(d, LOAD(x[i + 7 * row]));                                                               \
      JOIN(a, b);                                                                                  \
      JOIN(c, d);                                                                                  \
      JOIN(a, c);                                                                                  \
      JOIN(totals[i], a);                                                                          \
    }                                                                                              \
  }

// The same for totals: four terms at a time are joined in type P.
#define EIGHT_ROWS_OF_TERMS(name, ELEMENT, S, P, A, JOIN)                                          \
  VECTORIZED static void name##_eight_rows(                                                        \
      long n, A *totals, const S *x, long row, const double *centers) {                            \
    long i = 0;                                                                                    \
    for (; i + FEW_LANES <= n; i += FEW_LANES) {                                                   \
      LANES_OF(P) terms[8];                                                                        \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < 8; r++) {                             \
        const S *some = x + r * row + i;                                                           \
        for (int k = 0; k < FEW_LANES; k++) terms[r][k] = (P)ELEMENT(some[k], centers[i + k]);     \
      }                                                                                            \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < 8; r += 4) {                          \
        JOIN(terms[r], terms[r + 1]);                                                              \
        JOIN(terms[r + 2], terms[r + 3]);                                                          \
        JOIN(terms[r], terms[r + 2]);                                                              \
      }                                                                                            \
      LANES_OF(A) lanes = __builtin_convertvector(terms[0], LANES_OF(A));                          \
      JOIN(lanes, __builtin_convertvector(terms[4], LANES_OF(A)));                                 \
      for (int k = 0; k < FEW_LANES; k++) JOIN(totals[i + k], lanes[k]);                           \
    }                                                                                              \
    for (int r = 0; r < 8; r++) {                                                                  \
      for (long j = i; j < n; j++) JOIN(totals[j], (A)ELEMENT(x[r * row + j], centers[j]));        \
    }                                                                                              \
  }

// Joins at most a block of elements into one total, vectorized if they are contiguous.
#define TOTAL_BLOCK(name, ELEMENT, S, P, A, JOIN)                                                  \
  INLINE A name##_block(long n, A total, const S *x, long stride, double center) {                 \
    long i = 0;                                                                                    \
    (void)center;                                                                                  \
    if (stride == 1 && n >= 4 * LANES) {                                                           \
      LANES_OF(A) lanes[LANES / FEW_LANES];                                                        \
      FOUR_IN_LANES(ELEMENT, S, P, JOIN, lanes[v] = __builtin_convertvector(a, LANES_OF(A)))       \
      for (i = 4 * LANES; i + 4 * LANES <= n; i += 4 * LANES) {                                    \
        FOUR_IN_LANES(                                                                             \
            ELEMENT, S, P, JOIN, JOIN(lanes[v], __builtin_convertvector(a, LANES_OF(A))))          \
      }                                                                                            \
      FOLD_LANES(LANES / FEW_LANES, lanes, JOIN)                                                   \
      FOLD_LANES(FEW_LANES, lanes[0], JOIN)                                                        \
      JOIN(total, lanes[0][0]);                                                                    \
    }                                                                                              \
    if (stride == 1 && n - i >= FEW_LANES) {                                                       \
      LANES_OF(A) lanes, more;                                                                     \
      for (int k = 0; k < FEW_LANES; k++) lanes[k] = (A)ELEMENT(x[i + k], center);                 \
      for (i += FEW_LANES; i + FEW_LANES <= n; i += FEW_LANES) {                                   \
        for (int k = 0; k < FEW_LANES; k++) more[k] = (A)ELEMENT(x[i + k], center);                \
        JOIN(lanes, more);                                                                         \
      }                                                                                            \
      FOLD_LANES(FEW_LANES, lanes, JOIN)                                                           \
      JOIN(total, lanes[0]);                                                                       \
    }                                                                                              \
    for (; i < n; i++) JOIN(total, (A)ELEMENT(x[i * stride], center));                             \
    return total;                                                                                  \
  }                                                                                                \
  EIGHT_ROWS_OF_TERMS(name, ELEMENT, S, P, A, JOIN)

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
  }                                                                                                    \
  EIGHT_ROWS(name, LOAD, S, C, JOIN)

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
