#pragma once
#include "loops.h"
#include "transcendental.h"
#include "vectorized.h"

// A row of y = expression in x, with separate loops for contiguous elements and for any strides. Elements of x
// are stored as S and computed in T; STORE converts a result to y's type R.
#define UNARY_ROW(name, R, S, C, LOAD, STORE, expression)                                  \
  VECTORIZED static void name(                                                             \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    typedef C T;                                                                           \
    const Numbers *numbers = loops->context;                                               \
    T p = (T)numbers->p, q = (T)numbers->q;                                                \
    (void)p, (void)q;                                                                      \
    R *y = (R *)pointers[0];                                                               \
    const S *xs = (const S *)pointers[1];                                                  \
    long sy = strides[0], sx = strides[1];                                                 \
    if (sy == 1 && sx == 1) {                                                              \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T x = LOAD(xs[i]);                                                                 \
        y[i] = STORE(expression);                                                          \
      }                                                                                    \
    } else if (sx == 0 && n > 0) {                                                         \
      T x = LOAD(xs[0]);                                                                   \
      R value = STORE(expression);                                                         \
      for (long i = 0; i < n; i++) y[i * sy] = value;                                      \
    } else {                                                                               \
      for (long i = 0; i < n; i++) {                                                       \
        T x = LOAD(xs[i * sx]);                                                            \
        y[i * sy] = STORE(expression);                                                     \
      }                                                                                    \
    }                                                                                      \
  }

// A row of y = expression in a and b; either input may have stride 0.
#define BINARY_ROW(name, R, S, C, LOAD, STORE, expression)                                 \
  VECTORIZED static void name(                                                             \
      const Loops *loops, long n, char *const pointers[], const long strides[]) {          \
    typedef C T;                                                                           \
    R *y = (R *)pointers[0];                                                               \
    const S *as = (const S *)pointers[1], *bs = (const S *)pointers[2];                    \
    long sy = strides[0], sa = strides[1], sb = strides[2];                                \
    if (sy == 1 && sa == 1 && sb == 1) {                                                   \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T a = LOAD(as[i]), b = LOAD(bs[i]);                                                \
        y[i] = STORE(expression);                                                          \
      }                                                                                    \
    } else if (sy == 1 && sa == 1 && sb == 0) {                                            \
      T b = LOAD(bs[0]);                                                                   \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T a = LOAD(as[i]);                                                                 \
        y[i] = STORE(expression);                                                          \
      }                                                                                    \
    } else if (sy == 1 && sa == 0 && sb == 1) {                                            \
      T a = LOAD(as[0]);                                                                   \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        T b = LOAD(bs[i]);                                                                 \
        y[i] = STORE(expression);                                                          \
      }                                                                                    \
    } else if (sa == 0 && sb == 0 && n > 0) {                                              \
      T a = LOAD(as[0]), b = LOAD(bs[0]);                                                  \
      R value = STORE(expression);                                                         \
      for (long i = 0; i < n; i++) y[i * sy] = value;                                      \
    } else {                                                                               \
      for (long i = 0; i < n; i++) {                                                       \
        T a = LOAD(as[i * sa]), b = LOAD(bs[i * sb]);                                      \
        y[i * sy] = STORE(expression);                                                     \
      }                                                                                    \
    }                                                                                      \
  }

// The entry of an operation's row function in a table.
#define ENTRY(dtype, S, C, name) [DType_##dtype] = name##_##dtype,
