#pragma once

#include <stdbool.h>

// What Swift cannot say: the modules whose forward functions run on a thread, innermost first, and
// whether layers that are made on it leave out their initial values.

typedef struct ModuleCall {
  const void *_Nonnull module;
  const struct ModuleCall *_Nullable outer;
} ModuleCall;

extern _Thread_local const ModuleCall *_Nullable flambeau_module_call;

static inline const ModuleCall *_Nullable flambeau_current_module_call(void) {
  return flambeau_module_call;
}
static inline void flambeau_set_module_call(const ModuleCall *_Nullable call) {
  flambeau_module_call = call;
}

extern _Thread_local bool flambeau_init_is_skipped;

static inline bool flambeau_skips_init(void) { return flambeau_init_is_skipped; }
static inline void flambeau_set_skips_init(bool skips) { flambeau_init_is_skipped = skips; }
