// What the thread sanitizer is not told of Swift's Mutex. Where a thread waits for one, it gets it inside of
// Swift's library, which is not instrumented; so the sanitizer would report all that the mutex guards. This
// takes the place of that function: it waits busily, where the sanitizer sees it.

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

// Synchronization._MutexHandle._lockSlow(_: UInt32); a mutex that is held has the number of its thread.
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
