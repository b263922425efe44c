#include "include/optimizers.h"

#include <tgmath.h>

#include "vectorized.h"

// The root of the bias correction is taken out of the loop, which leaves one division in it.
#define ADAM(dtype, T, ...)                                                                \
  VECTORIZED static void adam_##dtype(                                                     \
      long count, AdamStep s, T *restrict p, const T *restrict g, T *restrict m,           \
      T *restrict v) {                                                                     \
    double root = sqrt(1 - pow(s.beta2, (double)s.step));                                  \
    T step_size = s.lr * root / (1 - pow(s.beta1, (double)s.step));                        \
    T one_minus_beta1 = 1 - s.beta1, one_minus_beta2 = 1 - s.beta2;                        \
    T beta2 = s.beta2, eps = s.eps * root, decay = s.weight_decay;                         \
    for (long i = 0; i < count; i++) {                                                     \
      T gradient = g[i] + decay * p[i];                                                    \
      m[i] += one_minus_beta1 * (gradient - m[i]);                                         \
      v[i] = beta2 * v[i] + one_minus_beta2 * gradient * gradient;                         \
      p[i] -= step_size * m[i] / (sqrt(v[i]) + eps);                                       \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(ADAM)

#define SGD(dtype, T, ...)                                                                 \
  VECTORIZED static void sgd_##dtype(                                                      \
      long count, SGDStep s, T *restrict p, const T *restrict g, T *restrict v) {          \
    T lr = s.lr, momentum = s.momentum, decay = s.weight_decay;                            \
    T fresh = s.first ? 1 : 1 - s.dampening;                                               \
    for (long i = 0; i < count; i++) {                                                     \
      T gradient = g[i] + decay * p[i];                                                    \
      if (v) {                                                                             \
        v[i] = (s.first ? 0 : momentum * v[i]) + fresh * gradient;                         \
        gradient = s.nesterov ? gradient + momentum * v[i] : v[i];                         \
      }                                                                                    \
      p[i] -= lr * gradient;                                                               \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(SGD)

void flambeau_adam(
    DType dtype, long count, AdamStep step, void *p, const void *g, void *m, void *v) {
  switch (dtype) {
#define X(name, T, ...) \
  case DType_##name: adam_##name(count, step, p, g, m, v); break;
    FLAMBEAU_FLOAT_DTYPES(X)
#undef X
  default: __builtin_trap();  // parameters are floating-point
  }
}

void flambeau_sgd(DType dtype, long count, SGDStep step, void *p, const void *g, void *v) {
  switch (dtype) {
#define X(name, T, ...) \
  case DType_##name: sgd_##name(count, step, p, g, v); break;
    FLAMBEAU_FLOAT_DTYPES(X)
#undef X
  default: __builtin_trap();  // parameters are floating-point
  }
}
