// Conversions from one dtype and layout to another, and `where`.

#include <stddef.h>

#include "copies.h"
#include "fusion.h"
#include "loops.h"
#include "vectorized.h"

// A row function for each pair of dtypes.
#define ROW(to, To, C, from, From, LOAD)                                                   \
  VECTORIZED static void to##from(                                                         \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    To *y = (To *)pointers[0];                                                             \
    const From *x = (const From *)pointers[1];                                             \
    long sy = strides[0], sx = strides[1];                                                 \
    if (sy == 1 && sx == 1) {                                                              \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        y[i] = FLAMBEAU_STORE_##to(LOAD(x[i]));                                            \
      }                                                                                    \
    } else if (sy == 1 && sx == 0) {                                                       \
      To value = FLAMBEAU_STORE_##to(LOAD(x[0]));                                          \
      for (long i = 0; i < n; i++) y[i] = value;                                           \
    } else {                                                                               \
      for (long i = 0; i < n; i++) {                                                       \
        y[i * sy] = FLAMBEAU_STORE_##to(LOAD(x[i * sx]));                                  \
      }                                                                                    \
    }                                                                                      \
  }
#define ENTRY(to, To, C, from) [DType_##to] = to##from,
#define ROWS_FROM(from, From)                                     \
  FLAMBEAU_DTYPES(ROW, _from_##from, From, FLAMBEAU_LOAD_##from)  \
  static const Row rows_from_##from[FLAMBEAU_DTYPE_COUNT] = {FLAMBEAU_DTYPES(ENTRY, _from_##from)};

// A macro does not expand within itself, so the outer list of dtypes is written out.
ROWS_FROM(bool, bool)
ROWS_FROM(uint8, uint8_t)
ROWS_FROM(int8, int8_t)
ROWS_FROM(int16, int16_t)
ROWS_FROM(int32, int32_t)
ROWS_FROM(int64, int64_t)
ROWS_FROM(float16, _Float16)
ROWS_FROM(bfloat16, bfloat16_t)
ROWS_FROM(float32, float)
ROWS_FROM(float64, double)

static const Row *const conversion_rows[FLAMBEAU_DTYPE_COUNT] = {
#define X(from, ...) [DType_##from] = rows_from_##from,
    FLAMBEAU_DTYPES(X)
#undef X
};

void flambeau_convert(
    DType y_dtype, DType x_dtype, long rank, const long *shape,
    void *y, const long *y_strides, const void *x, const long *x_strides) {
  Row row = conversion_rows[x_dtype][y_dtype];
  char *const pointers[] = {y, (char *)x};
  const long *const strides[] = {y_strides, x_strides};
  const long sizes[] = {flambeau_dtype_size(y_dtype), flambeau_dtype_size(x_dtype)};
  if (x_dtype != y_dtype) {
    run_or_postpone(row, NULL, 2, rank, shape, pointers, strides, sizes);
  } else if (!(flambeau_fusion.may_postpone &&
               postpones(row, NULL, 2, rank, shape, pointers, strides, sizes))) {
    CopyPlan plan;
    copy_prepare(&plan, sizes[0], rank, shape, y_strides, x_strides);
    copy_run(&plan, y, x, true);
  }
}

// With compile-time strides the loop is vectorized. Both operands are loaded, since loads on a condition are slow.
#define CHOOSE(T, sy, sc, sa, sb)                                                   \
  INDEPENDENT for (long i = 0; i < n; i++) {                                               \
    T first = a[i * sa], second = b[i * sb];                                               \
    y[i * sy] = condition[i * sc] ? first : second;                                        \
  }
#define SELECT(dtype, T, ...)                                                              \
  VECTORIZED static void select_##dtype(                                                   \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    T *y = (T *)pointers[0];                                                               \
    const bool *condition = (const bool *)pointers[1];                                     \
    const T *a = (const T *)pointers[2], *b = (const T *)pointers[3];                      \
    long sy = strides[0], sc = strides[1], sa = strides[2], sb = strides[3];               \
    if (sy != 1 || sc != 1 || (sa | sb | 1) != 1) {                                        \
      CHOOSE(T, sy, sc, sa, sb)                                                               \
    } else if ((sa | sb) == 0) {                                                           \
      CHOOSE(T, 1, 1, 0, 0)                                                                   \
    } else if (sa == 0) {                                                                  \
      CHOOSE(T, 1, 1, 0, 1)                                                                   \
    } else if (sb == 0) {                                                                  \
      CHOOSE(T, 1, 1, 1, 0)                                                                   \
    } else {                                                                               \
      CHOOSE(T, 1, 1, 1, 1)                                                                   \
    }                                                                                      \
  }
FLAMBEAU_DTYPES(SELECT)

void flambeau_select(
    DType dtype, long rank, const long *shape, void *y, const long *y_strides,
    const bool *condition, const long *condition_strides, const void *a, const long *a_strides,
    const void *b, const long *b_strides) {
  static const Row rows[FLAMBEAU_DTYPE_COUNT] = {
#define X(name, ...) [DType_##name] = select_##name,
      FLAMBEAU_DTYPES(X)
#undef X
  };
  long size = flambeau_dtype_size(dtype);
  run_or_postpone(
      rows[dtype], NULL, 4, rank, shape,
      (char *const[]){y, (char *)condition, (char *)a, (char *)b},
      (const long *const[]){y_strides, condition_strides, a_strides, b_strides},
      (const long[]){size, sizeof(bool), size, size});
}
