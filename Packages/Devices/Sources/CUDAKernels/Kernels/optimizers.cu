// Fused optimizer steps; see steps.h.

#include "kernel.cuh"
#include "steps.h"

#if IS_FLOAT
#define RULE_KERNEL(name)                                                                       \
  KERNEL(optimize_##name, OptimizerStep s, const int64_t *count, int64_t n, S *ps, const S *gs, \
         S *firsts, S *seconds, S *thirds) {                                                    \
    if (count) s.step = *count;                                                                 \
    const bool has_first = firsts, has_second = seconds, has_third = thirds;                    \
    (void)has_first, (void)has_second, (void)has_third;                                         \
    FLAMBEAU_DECAY_CONSTANTS                                                                    \
    FLAMBEAU_CONSTANTS_##name                                                                   \
    for (int64_t i = first_index(); i < n; i += index_step()) {                                 \
      T p = LOAD(ps[i]), g = LOAD(gs[i]);                                                       \
      T first = firsts ? LOAD(firsts[i]) : 0, second = seconds ? LOAD(seconds[i]) : 0;          \
      T third = thirds ? LOAD(thirds[i]) : 0;                                                   \
      FLAMBEAU_DECAY                                                                            \
      FLAMBEAU_STEP_##name                                                                      \
      ps[i] = STORE(p);                                                                         \
      if (firsts) firsts[i] = STORE(first);                                                     \
      if (seconds) seconds[i] = STORE(second);                                                  \
      if (thirds) thirds[i] = STORE(third);                                                     \
    }                                                                                           \
  }
KERNELS_OF(FLAMBEAU_OPTIMIZER_RULES, RULE_KERNEL)
#endif
