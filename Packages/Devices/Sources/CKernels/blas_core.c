#include "include/blas_core.h"

#if defined(__x86_64__) && defined(__linux__)
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Missing if OpenBLAS was built for a single processor type.
extern char *openblas_get_corename(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

static const char variable[] = "OPENBLAS_CORETYPE";

void flambeau_choose_blas_core(void) {
  if (!openblas_get_corename || !gotoblas_dynamic_init || !gotoblas_dynamic_quit) return;
  if (getenv(variable) || !__builtin_cpu_supports("avx2")) return;
  const char *const modern[] = {"Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids"};
  for (int i = 0; i < 5; i++) {
    if (strcmp(openblas_get_corename(), modern[i]) == 0) return;
  }
  bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  setenv(variable, has_avx512 ? "SkylakeX" : "Haswell", 1);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  unsetenv(variable);
}
#else
void flambeau_choose_blas_core(void) {}
#endif
