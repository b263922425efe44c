#include "include/optimizers.h"

#include "functions.h"
#include "row_bodies.h"
#include "vectorized.h"

typedef struct {
  OptimizerStep step;
  void *p;
  const void *g;
  void *states[3];
} Work;

// The gradient with its share of the parameter, and the parameter before the step.
#define LOAD_GRADIENT(dtype, T)                                                            \
  T p = FLAMBEAU_LOAD_##dtype(ps[i]) * keep, g = FLAMBEAU_LOAD_##dtype(gs[i]) + share * p;
// What is stored as S is computed with as T. The body is written into the function once for each choice of
// states that are there, since a loop without choices is vectorized.
#define STEP(dtype, S, T, name, BODY)                                                      \
  VECTORIZED static void name##_##dtype(                                                   \
      long n, OptimizerStep s, T keep, T share, S *restrict ps, const S *restrict gs,      \
      S *restrict first, S *restrict second, S *restrict third) {                          \
    if (second && third) {                                                                 \
      BODY(dtype, S, T, first, second, third)                                              \
    } else if (second) {                                                                   \
      BODY(dtype, S, T, first, second, ((S *)NULL))                                        \
    } else if (third) {                                                                    \
      BODY(dtype, S, T, first, ((S *)NULL), third)                                         \
    } else if (first) {                                                                    \
      BODY(dtype, S, T, first, ((S *)NULL), ((S *)NULL))                                   \
    } else {                                                                               \
      BODY(dtype, S, T, ((S *)NULL), ((S *)NULL), ((S *)NULL))                             \
    }                                                                                      \
  }

// The root of the bias correction is taken out of the loop, which leaves one division in it.
#define ADAM_BODY(dtype, S, T, first, second, third)                                       \
    double root = sqrt(1 - pow(s.decay, (double)s.step));                                  \
    T step_size = s.lr * root / (1 - pow(s.momentum, (double)s.step));                     \
    T new_m = 1 - s.momentum, new_v = 1 - s.decay, decay = s.decay, eps = s.eps * root;    \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      LOAD_GRADIENT(dtype, T)                                                              \
      T m = FLAMBEAU_LOAD_##dtype(first[i]), v = FLAMBEAU_LOAD_##dtype(second[i]);         \
      m += new_m * (g - m);                                                                \
      v = decay * v + new_v * g * g;                                                       \
      first[i] = FLAMBEAU_STORE_##dtype(m);                                                \
      second[i] = FLAMBEAU_STORE_##dtype(v);                                               \
      if (third) {                                                                         \
        T largest = FLAMBEAU_LOAD_##dtype(third[i]);                                       \
        v = largest > v ? largest : v;                                                     \
        third[i] = FLAMBEAU_STORE_##dtype(v);                                              \
      }                                                                                    \
      ps[i] = FLAMBEAU_STORE_##dtype(p - step_size * m / (sqrt(v) + eps));                 \
    }
#define ADAM(dtype, S, T, ...) STEP(dtype, S, T, adam, ADAM_BODY)
FLAMBEAU_FLOAT_DTYPES(ADAM)

#define SGD_BODY(dtype, S, T, first, second, third)                                        \
    T lr = s.lr, momentum = s.momentum, fresh = s.step == 1 ? 1 : 1 - s.dampening;         \
    T kept = s.step == 1 ? 0 : s.momentum;                                                 \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      LOAD_GRADIENT(dtype, T)                                                              \
      if (first) {                                                                         \
        T v = kept * FLAMBEAU_LOAD_##dtype(first[i]) + fresh * g;                          \
        first[i] = FLAMBEAU_STORE_##dtype(v);                                              \
        g = s.nesterov ? g + momentum * v : v;                                             \
      }                                                                                    \
      ps[i] = FLAMBEAU_STORE_##dtype(p - lr * g);                                          \
    }
#define SGD(dtype, S, T, ...) STEP(dtype, S, T, sgd, SGD_BODY)
FLAMBEAU_FLOAT_DTYPES(SGD)

#define ADAGRAD_BODY(dtype, S, T, first, second, third)                                    \
    T lr = s.lr / (1 + (s.step - 1) * s.lr_decay), eps = s.eps;                            \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      LOAD_GRADIENT(dtype, T)                                                              \
      T sum = FLAMBEAU_LOAD_##dtype(first[i]) + g * g;                                     \
      first[i] = FLAMBEAU_STORE_##dtype(sum);                                              \
      ps[i] = FLAMBEAU_STORE_##dtype(p - lr * g / (sqrt(sum) + eps));                      \
    }
#define ADAGRAD(dtype, S, T, ...) STEP(dtype, S, T, adagrad, ADAGRAD_BODY)
FLAMBEAU_FLOAT_DTYPES(ADAGRAD)

#define RMSPROP_BODY(dtype, S, T, first, second, third)                                    \
    T lr = s.lr, momentum = s.momentum, decay = s.decay, fresh = 1 - s.decay, eps = s.eps; \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      LOAD_GRADIENT(dtype, T)                                                              \
      T v = decay * FLAMBEAU_LOAD_##dtype(first[i]) + fresh * g * g, spread = v;           \
      first[i] = FLAMBEAU_STORE_##dtype(v);                                                \
      if (third) {                                                                         \
        T mean = FLAMBEAU_LOAD_##dtype(third[i]);                                          \
        mean += fresh * (g - mean);                                                        \
        third[i] = FLAMBEAU_STORE_##dtype(mean);                                           \
        spread -= mean * mean;                                                             \
      }                                                                                    \
      T change = g / (sqrt(spread) + eps);                                                 \
      if (second) {                                                                        \
        change += momentum * FLAMBEAU_LOAD_##dtype(second[i]);                             \
        second[i] = FLAMBEAU_STORE_##dtype(change);                                        \
      }                                                                                    \
      ps[i] = FLAMBEAU_STORE_##dtype(p - lr * change);                                     \
    }
#define RMSPROP(dtype, S, T, ...) STEP(dtype, S, T, rmsprop, RMSPROP_BODY)
FLAMBEAU_FLOAT_DTYPES(RMSPROP)

#define PART(dtype, S, T, ...)                                                             \
  static void part_##dtype(void *context, long begin, long end) {                          \
    const Work *work = context;                                                            \
    const OptimizerStep *s = &work->step;                                                  \
    S *states[3];                                                                          \
    for (int k = 0; k < 3; k++) {                                                          \
      states[k] = work->states[k] ? (S *)work->states[k] + begin : NULL;                   \
    }                                                                                      \
    T keep = s->is_decoupled ? 1 - s->lr * s->weight_decay : 1;                            \
    T share = s->is_decoupled ? 0 : s->weight_decay;                                       \
    S *p = (S *)work->p + begin;                                                           \
    const S *g = (const S *)work->g + begin;                                               \
    switch (s->rule) {                                                                     \
    case OptimizerRule_sgd:                                                                \
      sgd_##dtype(end - begin, *s, keep, share, p, g, states[0], states[1], states[2]);    \
      break;                                                                               \
    case OptimizerRule_adam:                                                               \
      adam_##dtype(end - begin, *s, keep, share, p, g, states[0], states[1], states[2]);   \
      break;                                                                               \
    case OptimizerRule_adagrad:                                                            \
      adagrad_##dtype(end - begin, *s, keep, share, p, g, states[0], states[1], states[2]); \
      break;                                                                               \
    case OptimizerRule_rmsprop:                                                            \
      rmsprop_##dtype(end - begin, *s, keep, share, p, g, states[0], states[1], states[2]); \
      break;                                                                               \
    }                                                                                      \
  }
FLAMBEAU_FLOAT_DTYPES(PART)

void flambeau_optimize(
    DType dtype, long count, OptimizerStep step, void *p, const void *g, void *first, void *second,
    void *third) {
  Work work = {step, p, g, {first, second, third}};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(part);
  share_rows(bodies, dtype, count, 1, &work);
}
