#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <COperations.h>

// What Swift cannot say: state of a thread.

/// What runs on a thread: a module's forward function, inside of another's.
typedef struct Scope {
  const void *_Nonnull owner;
  const struct Scope *_Nullable outer;
} Scope;

/// What operations depend on besides their arguments. All zeros is how a thread begins.
typedef struct {
  /// Whether operations are not recorded for differentiation.
  bool disables_grad;
  /// Whether backward looks for the first NaN.
  bool detects_anomalies;
  /// Whether layers leave out their initial values.
  bool skips_init;
  /// Where tensors are made: the CPU where all is zero.
  Device device;
  /// The default generator, if it is not that of the process.
  void *_Nullable generator;
  /// What takes down the generators that are drawn from.
  void *_Nullable draws;
  /// How operations choose their dtype, if they do.
  void *_Nullable autocast;
  const Scope *_Nullable scope;
} Ambient;

/// The state that a function which does not wait has set for its thread. It goes before that of the task.
extern _Thread_local Ambient flambeau_ambient;
extern _Thread_local bool flambeau_has_ambient;

// A task may go on on another thread after it has waited, so what an async function sets is the task's, and
// found by asking Swift. That takes time, so it is asked only where there is any such task.
typedef Ambient (*FindAmbient)(void);
extern _Atomic long flambeau_tasks_with_ambient;
extern _Atomic(FindAmbient) flambeau_ambient_of_task;

/// Notes that a task with a state of its own begins (1) or ends (-1), and how to find that state.
static inline void flambeau_count_task_with_ambient(long change, FindAmbient _Nonnull find) {
  flambeau_ambient_of_task = find;
  atomic_fetch_add(&flambeau_tasks_with_ambient, change);
}

static inline bool flambeau_asks_task(void) {
  return __builtin_expect(
             atomic_load_explicit(&flambeau_tasks_with_ambient, memory_order_relaxed) != 0, 0) &&
         !flambeau_has_ambient;
}

/// The state that counts here and now.
static inline Ambient flambeau_current_ambient(void) {
  return flambeau_asks_task() ? flambeau_ambient_of_task() : flambeau_ambient;
}

// One field of it.
#define FLAMBEAU_AMBIENT(T, name)                                                          \
  static inline T flambeau_ambient_##name(void) {                                          \
    return flambeau_asks_task() ? flambeau_ambient_of_task().name : flambeau_ambient.name; \
  }
FLAMBEAU_AMBIENT(bool, disables_grad)
FLAMBEAU_AMBIENT(bool, detects_anomalies)
FLAMBEAU_AMBIENT(bool, skips_init)
FLAMBEAU_AMBIENT(Device, device)
FLAMBEAU_AMBIENT(void *_Nullable, generator)
FLAMBEAU_AMBIENT(void *_Nullable, draws)
FLAMBEAU_AMBIENT(void *_Nullable, autocast)
FLAMBEAU_AMBIENT(const Scope *_Nullable, scope)
#undef FLAMBEAU_AMBIENT

/// What a thread had before a state was set for it.
typedef struct {
  Ambient state;
  bool is_set;
} PreviousAmbient;

/// Sets the state of this thread, and returns what to restore.
static inline PreviousAmbient flambeau_set_ambient(Ambient state) {
  PreviousAmbient previous = {flambeau_ambient, flambeau_has_ambient};
  flambeau_ambient = state;
  flambeau_has_ambient = true;
  return previous;
}

static inline void flambeau_restore_ambient(PreviousAmbient previous) {
  flambeau_ambient = previous.state;
  flambeau_has_ambient = previous.is_set;
}

extern _Thread_local uint64_t flambeau_sequence;

/// A number larger than `other`, and than all that this thread was given before.
static inline uint64_t flambeau_next_sequence(uint64_t other) {
  return flambeau_sequence = (other > flambeau_sequence ? other : flambeau_sequence) + 1;
}
