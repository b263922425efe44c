#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <COperations.h>

// Thread-local state, which Swift cannot declare.

/// A running module's forward function, linked to the enclosing one.
typedef struct Scope {
  const void *_Nonnull owner;
  const struct Scope *_Nullable outer;
} Scope;

/// The implicit state that operations depend on. A thread starts with all zeros.
typedef struct {
  /// Whether autograd recording is off.
  bool disables_grad;
  /// Whether backward checks for the first NaN.
  bool detects_anomalies;
  /// Whether layers skip the initialization of their parameters.
  bool skips_init;
  /// The default device of new tensors; all zeros is the CPU.
  Device device;
  /// The default generator, or null for the process's.
  void *_Nullable generator;
  /// The recording of the generators that are drawn from, or null.
  void *_Nullable draws;
  /// The autocast settings, or null if autocast is off.
  void *_Nullable autocast;
  const Scope *_Nullable scope;
} Ambient;

/// The state that a synchronous function has set for its thread. It takes precedence over the task's.
extern _Thread_local Ambient flambeau_ambient;
extern _Thread_local bool flambeau_has_ambient;

// A task may resume on another thread, so an async function sets the task's state, which is looked up through Swift's
// task-locals. That is slow, so it is done only while such a task exists.
typedef Ambient (*FindAmbient)(void);
extern _Atomic long flambeau_tasks_with_ambient;
extern _Atomic(FindAmbient) flambeau_ambient_of_task;

/// Registers that a task-local state begins (1) or ends (-1), and the function that looks it up.
static inline void flambeau_count_task_with_ambient(long change, FindAmbient _Nonnull find) {
  flambeau_ambient_of_task = find;
  atomic_fetch_add(&flambeau_tasks_with_ambient, change);
}

static inline bool flambeau_asks_task(void) {
  return __builtin_expect(
             atomic_load_explicit(&flambeau_tasks_with_ambient, memory_order_relaxed) != 0, 0) &&
         !flambeau_has_ambient;
}

/// The current state of this thread or task.
static inline Ambient flambeau_current_ambient(void) {
  return flambeau_asks_task() ? flambeau_ambient_of_task() : flambeau_ambient;
}

// Getters of single fields.
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

/// A thread's state before another was set.
typedef struct {
  Ambient state;
  bool is_set;
} PreviousAmbient;

/// Sets the state of this thread, and returns the previous one to restore.
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

/// A number larger than `other` and than all that this thread has received before.
static inline uint64_t flambeau_next_sequence(uint64_t other) {
  return flambeau_sequence = (other > flambeau_sequence ? other : flambeau_sequence) + 1;
}
