#pragma once
#include <stdbool.h>
#include <stdint.h>

// What Swift cannot say: state of a thread.

extern _Thread_local bool flambeau_grad_disabled;
extern _Thread_local uint64_t flambeau_sequence;
extern _Thread_local bool flambeau_anomaly;

/// What runs on a thread: a module's forward function, inside of another's.
typedef struct Scope {
  const void *_Nonnull owner;
  const struct Scope *_Nullable outer;
} Scope;

extern _Thread_local const Scope *_Nullable flambeau_scope;

static inline const Scope *_Nullable flambeau_current_scope(void) { return flambeau_scope; }
static inline void flambeau_set_scope(const Scope *_Nullable scope) { flambeau_scope = scope; }
static inline const void *_Nullable flambeau_scope_owner(void) {
  return flambeau_scope ? flambeau_scope->owner : 0;
}

/// Whether operations on this thread are recorded for differentiation. At first they are.
static inline bool flambeau_grad_is_enabled(void) { return !flambeau_grad_disabled; }
static inline void flambeau_set_grad_enabled(bool enabled) { flambeau_grad_disabled = !enabled; }

static inline bool flambeau_is_detecting_anomalies(void) { return flambeau_anomaly; }
static inline void flambeau_set_detects_anomalies(bool enabled) { flambeau_anomaly = enabled; }

/// A number larger than `other`, and than all that this thread was given before.
static inline uint64_t flambeau_next_sequence(uint64_t other) {
  return flambeau_sequence = (other > flambeau_sequence ? other : flambeau_sequence) + 1;
}

extern _Thread_local void *_Nullable flambeau_autocast;

/// How operations on this thread choose their dtype, if they do.
static inline void *_Nullable flambeau_current_autocast(void) { return flambeau_autocast; }
static inline void flambeau_set_autocast(void *_Nullable autocast) { flambeau_autocast = autocast; }
