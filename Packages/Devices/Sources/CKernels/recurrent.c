// One step of a long short-term memory, element by element, and its derivative.

#include "functions.h"
#include "row_bodies.h"
#include "vectorized.h"

typedef struct {
  long n;
  void *gates, *c, *next, *h;
  const void *dh, *slopes;
} Work;

// i, f, o ← σ, g ← tanh; c' = f·c + i·g, h = o·tanh(c').
#define LSTM(dtype, S, T, ...)                                                             \
  VECTORIZED static void lstm_row_##dtype(                                                 \
      long n, S *restrict gates, const S *restrict c, S *restrict next, S *restrict h) {   \
    S *is = gates, *fs = gates + n, *gs = gates + 2 * n, *os = gates + 3 * n;              \
    INDEPENDENT for (long j = 0; j < n; j++) {                                             \
      T i = 1 / (1 + exp(-FLAMBEAU_LOAD_##dtype(is[j])));                                  \
      T f = 1 / (1 + exp(-FLAMBEAU_LOAD_##dtype(fs[j])));                                  \
      T g = tanh(FLAMBEAU_LOAD_##dtype(gs[j]));                                            \
      T o = 1 / (1 + exp(-FLAMBEAU_LOAD_##dtype(os[j])));                                  \
      T cell = f * FLAMBEAU_LOAD_##dtype(c[j]) + i * g;                                    \
      is[j] = FLAMBEAU_STORE_##dtype(i);                                                   \
      fs[j] = FLAMBEAU_STORE_##dtype(f);                                                   \
      gs[j] = FLAMBEAU_STORE_##dtype(g);                                                   \
      os[j] = FLAMBEAU_STORE_##dtype(o);                                                   \
      next[j] = FLAMBEAU_STORE_##dtype(cell);                                              \
      h[j] = FLAMBEAU_STORE_##dtype(o * tanh(cell));                                       \
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
  /* The slopes of the gates before they were bent; dc' becomes dc. */                     \
  VECTORIZED static void lstm_slope_row_##dtype(                                           \
      long n, S *restrict slopes, S *restrict dc, const S *restrict dh,                    \
      const S *restrict gates, const S *restrict c, const S *restrict next) {              \
    INDEPENDENT for (long j = 0; j < n; j++) {                                             \
      T i = FLAMBEAU_LOAD_##dtype(gates[j]), f = FLAMBEAU_LOAD_##dtype(gates[n + j]);      \
      T g = FLAMBEAU_LOAD_##dtype(gates[2 * n + j]);                                       \
      T o = FLAMBEAU_LOAD_##dtype(gates[3 * n + j]);                                       \
      T bent = tanh(FLAMBEAU_LOAD_##dtype(next[j])), own = FLAMBEAU_LOAD_##dtype(dh[j]);   \
      T cell = FLAMBEAU_LOAD_##dtype(dc[j]) + own * o * (1 - bent * bent);                 \
      slopes[j] = FLAMBEAU_STORE_##dtype(cell * g * i * (1 - i));                          \
      slopes[n + j] =                                                                      \
          FLAMBEAU_STORE_##dtype(cell * FLAMBEAU_LOAD_##dtype(c[j]) * f * (1 - f));        \
      slopes[2 * n + j] = FLAMBEAU_STORE_##dtype(cell * i * (1 - g * g));                  \
      slopes[3 * n + j] = FLAMBEAU_STORE_##dtype(own * bent * o * (1 - o));                \
      dc[j] = FLAMBEAU_STORE_##dtype(cell * f);                                            \
    }                                                                                      \
  }                                                                                        \
  static void lstm_slopes_##dtype(void *context, long begin, long end) {                   \
    const Work *work = context;                                                            \
    long n = work->n;                                                                      \
    for (long row = begin; row < end; row++) {                                             \
      lstm_slope_row_##dtype(                                                              \
          n, (S *)work->slopes + row * 4 * n, (S *)work->h + row * n,                      \
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

void flambeau_lstm_slopes(
    DType dtype, long rows, long n, void *slopes, void *dc, const void *dh, const void *gates,
    const void *c, const void *next) {
  Work work = {
      .n = n, .gates = (void *)gates, .c = (void *)c, .next = (void *)next, .h = dc, .dh = dh,
      .slopes = slopes};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(lstm_slopes);
  share_rows(bodies, dtype, rows, 8 * n, &work);
}
