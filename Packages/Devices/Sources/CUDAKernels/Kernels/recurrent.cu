// The element-wise part of an LSTM step, and its gradient; see recurrent.h.

#include "kernel.cuh"
#include "recurrent.h"

#if IS_FLOAT
KERNEL(lstm, Rows rows, S *gates, const S *cs, S *nexts, S *hs) {
  for (int64_t at = first_index(); at < rows.count * rows.n; at += index_step()) {
    S *own = gates + at / rows.n * 4 * rows.n + at % rows.n;
    T i = LOAD(own[0]), f = LOAD(own[rows.n]), g = LOAD(own[2 * rows.n]), o = LOAD(own[3 * rows.n]);
    T c = LOAD(cs[at]);
    FLAMBEAU_LSTM_STEP
    own[0] = STORE(i);
    own[rows.n] = STORE(f);
    own[2 * rows.n] = STORE(g);
    own[3 * rows.n] = STORE(o);
    nexts[at] = STORE(next);
    hs[at] = STORE(h);
  }
}

KERNEL(lstm_gradients, Rows rows, S *gradients, S *dcs, const S *dhs, const S *gates, const S *cs,
       const S *nexts) {
  for (int64_t at = first_index(); at < rows.count * rows.n; at += index_step()) {
    int64_t first = at / rows.n * 4 * rows.n + at % rows.n;
    const S *own = gates + first;
    T i = LOAD(own[0]), f = LOAD(own[rows.n]), g = LOAD(own[2 * rows.n]), o = LOAD(own[3 * rows.n]);
    T c = LOAD(cs[at]), next = LOAD(nexts[at]), dh = LOAD(dhs[at]), dc = LOAD(dcs[at]);
    FLAMBEAU_LSTM_GRADIENTS
    gradients[first] = STORE(di);
    gradients[first + rows.n] = STORE(df);
    gradients[first + 2 * rows.n] = STORE(dg);
    gradients[first + 3 * rows.n] = STORE(d_o);
    dcs[at] = STORE(dc);
  }
}
#endif
