// The element-wise part of an LSTM step, and its gradient.

#include "functions.h"
#include "row_bodies.h"
#include "vectorized.h"

typedef struct {
  long n;
  void *gates, *c, *next, *h;
  const void *dh, *gradients;
} Work;

#define LSTM(dtype, S, C, ...)                                                             \
  VECTORIZED static void lstm_row_##dtype(                                                 \
      long n, S *restrict gates, const S *restrict cs, S *restrict nexts, S *restrict hs) { \
    typedef C T;                                                                           \
    S *is = gates, *fs = gates + n, *gs = gates + 2 * n, *os = gates + 3 * n;              \
    INDEPENDENT for (long j = 0; j < n; j++) {                                             \
      T i = FLAMBEAU_LOAD_##dtype(is[j]), f = FLAMBEAU_LOAD_##dtype(fs[j]);                \
      T g = FLAMBEAU_LOAD_##dtype(gs[j]), o = FLAMBEAU_LOAD_##dtype(os[j]);                \
      T c = FLAMBEAU_LOAD_##dtype(cs[j]);                                                  \
      FLAMBEAU_LSTM_STEP                                                                   \
      is[j] = FLAMBEAU_STORE_##dtype(i);                                                   \
      fs[j] = FLAMBEAU_STORE_##dtype(f);                                                   \
      gs[j] = FLAMBEAU_STORE_##dtype(g);                                                   \
      os[j] = FLAMBEAU_STORE_##dtype(o);                                                   \
      nexts[j] = FLAMBEAU_STORE_##dtype(next);                                             \
      hs[j] = FLAMBEAU_STORE_##dtype(h);                                                   \
    }                                                                                      \
  }                                                                                        \
  static void lstm_##dtype(void *context, long begin, long end) {                          \
    const Work *work = context;                                                            \
    long n = work->n;                                                                      \
    for (long row = begin; row < end; row++) {                                             \
      lstm_row_##dtype(                                                                    \
          n, (S *)work->gates + row * 4 * n, (S *)work->c + row * n,                       \
          (S *)work->next + row * n, (S *)work->h + row * n);                              \
    }                                                                                      \
  }                                                                                        \
  /* The gradients of the pre-activations; dc becomes the gradient of c. */                \
  VECTORIZED static void lstm_gradient_row_##dtype(                                           \
      long n, S *restrict gradients, S *restrict dcs, const S *restrict dhs,                  \
      const S *restrict gates, const S *restrict cs, const S *restrict nexts) {            \
    typedef C T;                                                                           \
    INDEPENDENT for (long j = 0; j < n; j++) {                                             \
      T i = FLAMBEAU_LOAD_##dtype(gates[j]), f = FLAMBEAU_LOAD_##dtype(gates[n + j]);      \
      T g = FLAMBEAU_LOAD_##dtype(gates[2 * n + j]);                                       \
      T o = FLAMBEAU_LOAD_##dtype(gates[3 * n + j]);                                       \
      T c = FLAMBEAU_LOAD_##dtype(cs[j]), next = FLAMBEAU_LOAD_##dtype(nexts[j]);          \
      T dh = FLAMBEAU_LOAD_##dtype(dhs[j]), dc = FLAMBEAU_LOAD_##dtype(dcs[j]);            \
      FLAMBEAU_LSTM_GRADIENTS                                                                 \
      gradients[j] = FLAMBEAU_STORE_##dtype(di);                                              \
      gradients[n + j] = FLAMBEAU_STORE_##dtype(df);                                          \
      gradients[2 * n + j] = FLAMBEAU_STORE_##dtype(dg);                                      \
      gradients[3 * n + j] = FLAMBEAU_STORE_##dtype(d_o);                                     \
      dcs[j] = FLAMBEAU_STORE_##dtype(dc);                                                 \
    }                                                                                      \
  }                                                                                        \
  static void lstm_gradients_##dtype(void *context, long begin, long end) {                   \
    const Work *work = context;                                                            \
    long n = work->n;                                                                      \
    for (long row = begin; row < end; row++) {                                             \
      lstm_gradient_row_##dtype(                                                              \
          n, (S *)work->gradients + row * 4 * n, (S *)work->h + row * n,                      \
          (const S *)work->dh + row * n, (S *)work->gates + row * 4 * n,                   \
          (S *)work->c + row * n, (S *)work->next + row * n);                              \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(LSTM)

void flambeau_lstm(
    DType dtype, long rows, long n, void *gates, const void *c, void *next, void *h) {
  Work work = {.n = n, .gates = gates, .c = (void *)c, .next = next, .h = h};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(lstm);
  share_rows(bodies, dtype, rows, 8 * n, &work);
}

void flambeau_lstm_gradients(
    DType dtype, long rows, long n, void *gradients, void *dc, const void *dh, const void *gates,
    const void *c, const void *next) {
  Work work = {
      .n = n, .gates = (void *)gates, .c = (void *)c, .next = (void *)next, .h = dc, .dh = dh,
      .gradients = gradients};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(lstm_gradients);
  share_rows(bodies, dtype, rows, 8 * n, &work);
}
