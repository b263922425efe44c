#pragma once
#include <string.h>

#include "copies.h"
#include "vectorized.h"

// Kernels that copy a plane, for the ways in which its dims lie in memory.

// Elements by their size, which a view of bytes need not align.
typedef uint8_t Unit1 __attribute__((aligned(1), may_alias));
typedef uint16_t Unit2 __attribute__((aligned(1), may_alias));
typedef uint32_t Unit4 __attribute__((aligned(1), may_alias));
typedef uint64_t Unit8 __attribute__((aligned(1), may_alias));
#define UNIT_SIZES(X) X(1) X(2) X(4) X(8)

// Rows that are contiguous in both, of a length known to the compiler.
#define ROWS_OF(bytes)                                                        \
  VECTORIZED static void rows_of_##bytes(const Plane *plane) {                \
    Plane p = *plane;                                                         \
    for (long row = 0; row < p.rows; row++) {                                 \
      memcpy(p.y + row * p.y_row, p.x + row * p.x_row, bytes);                \
    }                                                                         \
  }
#define ROW_LENGTHS(X) X(1) X(2) X(4) X(8) X(16) X(32) X(64) X(128) X(256)
ROW_LENGTHS(ROWS_OF)

// Of any other length: moves of one size, of which the last overlaps the one before it.
#define SHORT_ROWS(bytes)                                                     \
  VECTORIZED static void short_rows_by_##bytes(const Plane *plane) {          \
    Plane p = *plane;                                                         \
    long length = p.n * p.size;                                               \
    for (long row = 0; row < p.rows; row++) {                                 \
      char *y = p.y + row * p.y_row;                                          \
      const char *x = p.x + row * p.x_row;                                    \
      for (long i = 0; i + bytes <= length; i += bytes) memcpy(y + i, x + i, bytes); \
      memcpy(y + length - bytes, x + length - bytes, bytes);                  \
    }                                                                         \
  }
SHORT_ROWS(2)
SHORT_ROWS(4)
SHORT_ROWS(8)
SHORT_ROWS(16)
SHORT_ROWS(32)
SHORT_ROWS(64)

static void long_rows(const Plane *p) {
  for (long row = 0; row < p->rows; row++) {
    memcpy(p->y + row * p->y_row, p->x + row * p->x_row, p->n * p->size);
  }
}

// Rows of y that are contiguous, from one element, from a row that runs backward, and from elements that are apart;
// and at last any rows.
#define EACH_IN_ROWS(name, bytes, Y_STEP, X_STEP)                             \
  VECTORIZED static void name##_##bytes(const Plane *plane) {                 \
    Plane p = *plane;                                                         \
    for (long row = 0; row < p.rows; row++) {                                 \
      char *y = p.y + row * p.y_row;                                          \
      const char *x = p.x + row * p.x_row;                                    \
      INDEPENDENT for (long i = 0; i < p.n; i++) {                            \
        *(Unit##bytes *)(y + i * (Y_STEP)) = *(const Unit##bytes *)(x + i * (X_STEP)); \
      }                                                                       \
    }                                                                         \
  }
#define ROWS_BY_UNIT(bytes)                                                   \
  EACH_IN_ROWS(repeated, bytes, bytes, 0)                                     \
  EACH_IN_ROWS(reversed, bytes, bytes, -bytes)                                \
  EACH_IN_ROWS(spread, bytes, bytes, p.x_step)                               \
  EACH_IN_ROWS(any_rows, bytes, p.y_step, p.x_step)
UNIT_SIZES(ROWS_BY_UNIT)

#define ZIP_4(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5), __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define ZIP_8(a, b)                                          \
  __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11),   \
      __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define ZIP_16(a, b)                                                                            \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),         \
      __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define STAGE_4(v) ZIP_4(v[0], v[2]), ZIP_4(v[1], v[3])
#define STAGE_8(v) ZIP_8(v[0], v[4]), ZIP_8(v[1], v[5]), ZIP_8(v[2], v[6]), ZIP_8(v[3], v[7])
#define STAGE_16(v)                                                                             \
  ZIP_16(v[0], v[8]), ZIP_16(v[1], v[9]), ZIP_16(v[2], v[10]), ZIP_16(v[3], v[11]),             \
      ZIP_16(v[4], v[12]), ZIP_16(v[5], v[13]), ZIP_16(v[6], v[14]), ZIP_16(v[7], v[15])
// The transpose of `side` vectors, each of as many elements: every stage interleaves the first half of the vectors with
// the second half, which moves one bit of an element's index from the number of its vector to its place.
#define STAGES_4(V) const V result[] = {STAGE_4(first)};
#define STAGES_8(V) \
  const V second[] = {STAGE_8(first)}; \
  const V result[] = {STAGE_8(second)};
#define STAGES_16(V)                    \
  const V second[] = {STAGE_16(first)}; \
  const V third[] = {STAGE_16(second)}; \
  const V result[] = {STAGE_16(third)};

// Rows of y that are contiguous, from columns of x that are: blocks of side × side elements in registers.
#define TRANSPOSED(bytes, side)                                                                 \
  typedef uint##bytes##_bits Block##bytes __attribute__((vector_size(bytes * side)));           \
  VECTORIZED static void transposed_##bytes(const Plane *plane) {                               \
    Plane p = *plane;                                                                           \
    long whole_rows = p.rows / side * side, whole = p.n / side * side;                        \
    for (long i = 0; i < whole; i += side) {                                                    \
      for (long row = 0; row < whole_rows; row += side) {                                       \
        char *y = p.y + row * p.y_row + i * bytes;                                            \
        const char *x = p.x + row * bytes + i * p.x_step;                                     \
        Block##bytes columns[side];                                                             \
        _Pragma("unroll") for (int k = 0; k < side; k++) {                                      \
          memcpy(&columns[k], x + k * p.x_step, sizeof columns[k]);                            \
        }                                                                                       \
        const Block##bytes first[] = {STAGE_##side(columns)};                                   \
        STAGES_##side(Block##bytes)                                                             \
        _Pragma("unroll") for (int k = 0; k < side; k++) {                                      \
          memcpy(y + k * p.y_row, &result[k], sizeof result[k]);                               \
        }                                                                                       \
      }                                                                                         \
    }                                                                                           \
    for (long row = 0; row < p.rows; row++) {                                                  \
      char *y = p.y + row * p.y_row;                                                          \
      const char *x = p.x + row * bytes;                                                       \
      for (long i = row < whole_rows ? whole : 0; i < p.n; i++) {                              \
        *(Unit##bytes *)(y + i * bytes) = *(const Unit##bytes *)(x + i * p.x_step);            \
      }                                                                                         \
    }                                                                                           \
  }
typedef uint8_t uint1_bits;
typedef uint16_t uint2_bits;
typedef uint32_t uint4_bits;
typedef uint64_t uint8_bits;
TRANSPOSED(1, 16)
TRANSPOSED(2, 8)
TRANSPOSED(4, 8)
TRANSPOSED(8, 4)
