#pragma once

#include <stdbool.h>

// What Swift cannot say: whether layers that are made on a thread leave out their initial values.

extern _Thread_local bool flambeau_init_is_skipped;

static inline bool flambeau_skips_init(void) { return flambeau_init_is_skipped; }
static inline void flambeau_set_skips_init(bool skips) { flambeau_init_is_skipped = skips; }
