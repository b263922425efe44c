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

// Elements are stored as S and computed in T. Missing states read as 0 and are not written.
#define LOAD_STATE(dtype, states) (states ? FLAMBEAU_LOAD_##dtype(states[i]) : 0)
#define STORE_STATE(dtype, states, x) \
  if (states) states[i] = FLAMBEAU_STORE_##dtype(x);
#define BODY(dtype, T, name, firsts, seconds, thirds)                                   \
  {                                                                                        \
    const bool has_first = firsts, has_second = seconds, has_third = thirds;               \
    (void)has_first, (void)has_second, (void)has_third;                                    \
    INDEPENDENT for (long i = 0; i < n; i++) {                                             \
      T p = FLAMBEAU_LOAD_##dtype(ps[i]), g = FLAMBEAU_LOAD_##dtype(gs[i]);                \
      T first = LOAD_STATE(dtype, firsts), second = LOAD_STATE(dtype, seconds);            \
      T third = LOAD_STATE(dtype, thirds);                                                 \
      FLAMBEAU_DECAY                                                                       \
      FLAMBEAU_STEP_##name                                                                 \
      ps[i] = FLAMBEAU_STORE_##dtype(p);                                                   \
      STORE_STATE(dtype, firsts, first)                                                    \
      STORE_STATE(dtype, seconds, second)                                                  \
      STORE_STATE(dtype, thirds, third)                                                    \
    }                                                                                      \
  }

// A rule for one dtype. There is a loop for each combination of existing states, of which the first is there if any is,
// since only a loop without branches is vectorized well.
#define STEP(dtype, S, C, name)                                                           \
  VECTORIZED static void name##_step_##dtype(                                              \
      long n, OptimizerStep s, S *restrict ps, const S *restrict gs, S *restrict firsts,   \
      S *restrict seconds, S *restrict thirds) {                                           \
    typedef C T;                                                                           \
    FLAMBEAU_DECAY_CONSTANTS                                                               \
    FLAMBEAU_CONSTANTS_##name                                                              \
    if (!firsts) {                                                                         \
      BODY(dtype, T, name, ((S *)NULL), ((S *)NULL), ((S *)NULL))                          \
    } else if (seconds && thirds) {                                                        \
      BODY(dtype, T, name, firsts, seconds, thirds)                                     \
    } else if (seconds) {                                                                  \
      BODY(dtype, T, name, firsts, seconds, ((S *)NULL))                                \
    } else if (thirds) {                                                                   \
      BODY(dtype, T, name, firsts, ((S *)NULL), thirds)                                 \
    } else {                                                                               \
      BODY(dtype, T, name, firsts, ((S *)NULL), ((S *)NULL))                               \
    }                                                                                      \
  }                                                                                        \
  static void name##_##dtype(void *context, long begin, long end) {                        \
    const Work *work = context;                                                            \
    S *states[3];                                                                          \
    for (int k = 0; k < 3; k++) {                                                          \
      states[k] = work->states[k] ? (S *)work->states[k] + begin : NULL;                   \
    }                                                                                      \
    name##_step_##dtype(                                                                   \
        end - begin, work->step, (S *)work->p + begin, (const S *)work->g + begin,         \
        states[0], states[1], states[2]);                                                  \
  }
#define RULE(name) FLAMBEAU_FLOAT_DTYPES(STEP, name)
FLAMBEAU_OPTIMIZER_RULES(RULE)

void flambeau_optimize(
    DType dtype, long count, OptimizerStep step, void *p, const void *g, void *first, void *second,
    void *third) {
  Work work = {step, p, g, {first, second, third}};
  static const RowBody bodies[][FLAMBEAU_DTYPE_COUNT] = {
#define X(name) [OptimizerRule_##name] = FLOAT_ROW_BODIES(name),
      FLAMBEAU_OPTIMIZER_RULES(X)
#undef X
  };
  share_rows(bodies[step.rule], dtype, count, 1, &work);
}
