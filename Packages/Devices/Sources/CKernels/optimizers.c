#include "include/optimizers.h"

#include "functions.h"
#include "vectorized.h"

// What is stored as S is computed with as T.

// The root of the bias correction is taken out of the loop, which leaves one division in it.
#define ADAM(dtype, S, T, ...)                                                             \
  VECTORIZED static void adam_##dtype(                                                     \
      long count, AdamStep s, S *restrict ps, const S *restrict gs, S *restrict ms,        \
      S *restrict vs) {                                                                    \
    double root = sqrt(1 - pow(s.beta2, (double)s.step));                                  \
    T step_size = s.lr * root / (1 - pow(s.beta1, (double)s.step));                        \
    T one_minus_beta1 = 1 - s.beta1, one_minus_beta2 = 1 - s.beta2;                        \
    T beta2 = s.beta2, eps = s.eps * root, decay = s.weight_decay;                         \
    for (long i = 0; i < count; i++) {                                                     \
      T p = FLAMBEAU_LOAD_##dtype(ps[i]), gradient = FLAMBEAU_LOAD_##dtype(gs[i]) + decay * p; \
      T m = FLAMBEAU_LOAD_##dtype(ms[i]), v = FLAMBEAU_LOAD_##dtype(vs[i]);                \
      m += one_minus_beta1 * (gradient - m);                                               \
      v = beta2 * v + one_minus_beta2 * gradient * gradient;                               \
      ms[i] = FLAMBEAU_STORE_##dtype(m);                                                   \
      vs[i] = FLAMBEAU_STORE_##dtype(v);                                                   \
      ps[i] = FLAMBEAU_STORE_##dtype(p - step_size * m / (sqrt(v) + eps));                 \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(ADAM)

#define SGD(dtype, S, T, ...)                                                              \
  VECTORIZED static void sgd_##dtype(                                                      \
      long count, SGDStep s, S *restrict ps, const S *restrict gs, S *restrict vs) {       \
    T lr = s.lr, momentum = s.momentum, decay = s.weight_decay;                            \
    T fresh = s.first ? 1 : 1 - s.dampening;                                               \
    for (long i = 0; i < count; i++) {                                                     \
      T p = FLAMBEAU_LOAD_##dtype(ps[i]), gradient = FLAMBEAU_LOAD_##dtype(gs[i]) + decay * p; \
      if (vs) {                                                                            \
        T v = (s.first ? 0 : momentum * FLAMBEAU_LOAD_##dtype(vs[i])) + fresh * gradient;  \
        vs[i] = FLAMBEAU_STORE_##dtype(v);                                                 \
        gradient = s.nesterov ? gradient + momentum * v : v;                               \
      }                                                                                    \
      ps[i] = FLAMBEAU_STORE_##dtype(p - lr * gradient);                                   \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(SGD)

void flambeau_adam(
    DType dtype, long count, AdamStep step, void *p, const void *g, void *m, void *v) {
  switch (dtype) {
#define X(name, ...) \
  case DType_##name: adam_##name(count, step, p, g, m, v); break;
    FLAMBEAU_FLOAT_DTYPES(X)
#undef X
  default: __builtin_trap();  // parameters are floating-point
  }
}

void flambeau_sgd(DType dtype, long count, SGDStep step, void *p, const void *g, void *v) {
  switch (dtype) {
#define X(name, ...) \
  case DType_##name: sgd_##name(count, step, p, g, v); break;
    FLAMBEAU_FLOAT_DTYPES(X)
#undef X
  default: __builtin_trap();  // parameters are floating-point
  }
}
