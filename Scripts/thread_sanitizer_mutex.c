// Makes Swift's Mutex visible to the thread sanitizer. A thread that waits for a mutex acquires it inside of Swift's
// library, which is not instrumented, so the sanitizer would report everything that the mutex guards. This replaces
// that function with a busy wait in instrumented code.

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

// Synchronization._MutexHandle._lockSlow(_: UInt32); a locked mutex contains the number of its thread.
__attribute__((swiftcall)) void flambeau_wait_for_mutex(
    uint32_t thread, __attribute__((swift_context)) _Atomic uint32_t *mutex)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

__attribute__((swiftcall)) void flambeau_wait_for_mutex(
    uint32_t thread, __attribute__((swift_context)) _Atomic uint32_t *mutex) {
  uint32_t free = 0;
  while (!atomic_compare_exchange_weak(mutex, &free, thread)) {
    free = 0;
    sched_yield();
  }
}
