// log-softmax along rows: y = x - m - log Σ exp(x - m), where m is the row's maximum.

#include "functions.h"
#include "include/views.h"
#include "vectorized.h"

#define LOG_SOFTMAX(dtype, S, T, ...)                                                      \
  VECTORIZED static void log_softmax_##dtype(long rows, long n, S *y, const S *x) {        \
    for (long row = 0; row < rows; row++, x += n, y += n) {                                \
      T m = FLAMBEAU_LOAD_##dtype(x[0]);                                                   \
      for (long i = 1; i < n; i++) {                                                       \
        T a = FLAMBEAU_LOAD_##dtype(x[i]);                                                 \
        m = a > m ? a : m;                                                                 \
      }                                                                                    \
      double sum = 0;                                                                      \
      for (long i = 0; i < n; i++) sum += exp(FLAMBEAU_LOAD_##dtype(x[i]) - m);            \
      T shift = m + (T)log(sum);                                                           \
      INDEPENDENT for (long i = 0; i < n; i++) {                                           \
        y[i] = FLAMBEAU_STORE_##dtype(FLAMBEAU_LOAD_##dtype(x[i]) - shift);                \
      }                                                                                    \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(LOG_SOFTMAX)

void flambeau_log_softmax(DType dtype, long rows, long n, void *y, const void *x) {
  switch (dtype) {
#define X(name, T, ...) \
  case DType_##name: log_softmax_##name(rows, n, y, x); break;
    FLAMBEAU_FLOAT_DTYPES(X)
#undef X
  default: __builtin_trap();  // the caller converts
  }
}
