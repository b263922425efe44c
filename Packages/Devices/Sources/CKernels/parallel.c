// A thread pool. Between jobs a thread spins for a moment, since the next job often comes at once, and then sleeps.

#include "include/parallel.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum {
  MAX_THREADS = 256,
  /// The number of spins before going to sleep: some tens of microseconds.
  SPINS = 4000,
};

/// The part of a job that a thread begins with, on a cache line of its own: what is not yet taken of it. The same
/// thread has the same elements from job to job, so that they stay in its cache.
typedef struct {
  alignas(64) atomic_long next;
  long end;
} Share;

static struct {
  void (*body)(void *, long, long);
  void *context;
  long part;
  int shares;
  Share share[MAX_THREADS];
} job;

// Held by the thread whose job the pool is running.
static pthread_mutex_t in_use = PTHREAD_MUTEX_INITIALIZER;

// The job's number, how many workers it wants, and how many have joined it, in one word, so that a worker joins in one
// step, without a lock. Once it wants no more, none joins, and `job` may change when those that did have left.
typedef union {
  struct {
    uint32_t number;
    uint16_t wanted, joined;
  };
  uint64_t bits;
} Call;
static _Atomic uint64_t call;
static atomic_int left;

// Threads that sleep are woken under the mutex; the counts tell whether there are any.
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_came = PTHREAD_COND_INITIALIZER;
static pthread_cond_t work_done = PTHREAD_COND_INITIALIZER;
static atomic_int sleeping_workers, sleeping_caller;
static int workers_started;

static atomic_int thread_count;

int flambeau_thread_count(void) {
  int count = atomic_load_explicit(&thread_count, memory_order_relaxed);
  if (count > 0) return count;
  const char *asked = getenv("FLAMBEAU_NUM_THREADS");
  long processors = asked ? atol(asked) : 0;
  if (processors < 1) processors = sysconf(_SC_NPROCESSORS_ONLN);
  flambeau_set_thread_count(processors < 1 ? 1 : processors > MAX_THREADS ? MAX_THREADS : processors);
  return atomic_load_explicit(&thread_count, memory_order_relaxed);
}

void flambeau_set_thread_count(int count) {
  atomic_store_explicit(&thread_count, count, memory_order_relaxed);
}

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Does a thread's own share, and then parts of others'.
static void work(int own) {
  for (int k = 0; k < job.shares; k++) {
    Share *share = &job.share[(own + k) % job.shares];
    for (;;) {
      long begin = atomic_fetch_add_explicit(&share->next, job.part, memory_order_relaxed);
      if (begin >= share->end) break;
      long end = begin + job.part < share->end ? begin + job.part : share->end;
      job.body(job.context, begin, end);
    }
  }
}

static void sleep_until_called(uint32_t seen) {
  pthread_mutex_lock(&mutex);
  sleeping_workers++;
  while ((Call){.bits = call}.number == seen) pthread_cond_wait(&work_came, &mutex);
  sleeping_workers--;
  pthread_mutex_unlock(&mutex);
}

static bool joins(Call now, int index) {
  while (index < now.wanted) {
    Call after = now;
    after.joined++;
    if (atomic_compare_exchange_weak(&call, &now.bits, after.bits)) return true;
  }
  return false;
}

static void *worker(void *argument) {
  int index = (int)(long)argument, spins = 0;
  for (uint32_t seen = 0;;) {
    Call now = {.bits = atomic_load_explicit(&call, memory_order_acquire)};
    if (now.number == seen) {
      relax();
      if (++spins > SPINS) sleep_until_called(seen);
      continue;
    }
    spins = 0;
    seen = now.number;
    if (!joins(now, index)) continue;
    work(index + 1);
    left++;
    if (sleeping_caller) {
      pthread_mutex_lock(&mutex);
      pthread_cond_signal(&work_done);
      pthread_mutex_unlock(&mutex);
    }
  }
}

static void start_workers(long count) {
  while (workers_started < count) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker, (void *)(long)workers_started) != 0) return;
    pthread_detach(thread);
    workers_started++;
  }
}

static void call_workers(int wanted) {
  Call now = {.bits = call};
  call = (Call){.number = now.number + 1, .wanted = wanted}.bits;
  if (sleeping_workers) {
    pthread_mutex_lock(&mutex);
    pthread_cond_broadcast(&work_came);
    pthread_mutex_unlock(&mutex);
  }
}

static void wait_for_workers(void) {
  Call now = {.bits = call}, closed;
  do {
    closed = now;
    closed.wanted = 0;
  } while (!atomic_compare_exchange_weak(&call, &now.bits, closed.bits));
  for (int spin = 0; spin < SPINS && left < closed.joined; spin++) relax();
  if (left == closed.joined) return;
  pthread_mutex_lock(&mutex);
  sleeping_caller = 1;
  while (left < closed.joined) pthread_cond_wait(&work_done, &mutex);
  sleeping_caller = 0;
  pthread_mutex_unlock(&mutex);
}

static void run(
    long threads, long count, long part, void (*body)(void *, long, long), void *context) {
  if (threads < 2 || pthread_mutex_trylock(&in_use) != 0) {
    if (count > 0) body(context, 0, count);
    return;
  }
  start_workers(threads - 1);
  job.body = body;
  job.context = context;
  job.part = part;
  job.shares = (int)threads;
  // Shares are whole parts, but for the last.
  long parts = (count + part - 1) / part;
  for (long k = 0; k < threads; k++) {
    job.share[k].next = parts * k / threads * part;
    job.share[k].end = k + 1 < threads ? parts * (k + 1) / threads * part : count;
  }
  left = 0;
  call_workers((int)threads - 1);
  work(0);
  wait_for_workers();
  pthread_mutex_unlock(&in_use);
}

void flambeau_parallel(
    long count, long grain, void (*body)(void *context, long begin, long end), void *context) {
  long threads = flambeau_thread_count();
  if (grain < 1) grain = 1;
  if (threads > count / grain) threads = count / grain;
  // Several parts for each thread, so that none waits long for one that another program has delayed.
  long parts = 4 * (threads > 0 ? threads : 1), part = (count + parts - 1) / parts;
  run(threads, count, part > grain ? part : grain, body, context);
}

void flambeau_parallel_in_parts(
    long count, long part, void (*body)(void *context, long begin, long end), void *context) {
  long threads = flambeau_thread_count();
  long parts = (count + part - 1) / part;
  run(threads < parts ? threads : parts, count, part, body, context);
}
