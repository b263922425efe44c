// A thread pool. Between jobs a thread spins for a moment, since the next job often comes at once, and then sleeps.

#include "include/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum {
  MAX_THREADS = 256,
  /// The number of spins before going to sleep: some tens of microseconds.
  SPINS = 4000,
};

typedef struct {
  void (*body)(void *, long, long);
  void *context;
  long count, part;
  atomic_long next;
} Job;

// Held by the thread whose job the pool is running.
static pthread_mutex_t in_use = PTHREAD_MUTEX_INITIALIZER;

// Guards the variables below. Spinning threads also read the atomic ones without it.
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_came = PTHREAD_COND_INITIALIZER;
static pthread_cond_t work_done = PTHREAD_COND_INITIALIZER;
static Job *job;
static atomic_ulong job_number;
static atomic_int workers_busy;
static int workers_started, workers_wanted;

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

static void work_on(Job *current) {
  for (;;) {
    long begin = atomic_fetch_add(&current->next, current->part);
    if (begin >= current->count) return;
    long end = begin + current->part < current->count ? begin + current->part : current->count;
    current->body(current->context, begin, end);
  }
}

static void *worker(void *argument) {
  long index = (long)argument;
  unsigned long seen = 0;
  for (;;) {
    for (int spin = 0; spin < SPINS && atomic_load(&job_number) == seen; spin++) relax();
    pthread_mutex_lock(&mutex);
    while (job_number == seen) pthread_cond_wait(&work_came, &mutex);
    seen = job_number;
    Job *current = index < workers_wanted ? job : NULL;
    if (current) workers_busy++;
    pthread_mutex_unlock(&mutex);
    if (!current) continue;
    work_on(current);
    pthread_mutex_lock(&mutex);
    if (--workers_busy == 0) pthread_cond_signal(&work_done);
    pthread_mutex_unlock(&mutex);
  }
}

static void run(
    long threads, long count, long part, void (*body)(void *, long, long), void *context) {
  if (threads < 2 || pthread_mutex_trylock(&in_use) != 0) {
    if (count > 0) body(context, 0, count);
    return;
  }
  Job current = {body, context, count, part, 0};
  pthread_mutex_lock(&mutex);
  while (workers_started < threads - 1) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker, (void *)(long)workers_started) != 0) break;
    pthread_detach(thread);
    workers_started++;
  }
  job = &current;
  workers_wanted = threads - 1;
  job_number++;
  pthread_cond_broadcast(&work_came);
  pthread_mutex_unlock(&mutex);
  work_on(&current);
  for (int spin = 0; spin < SPINS && atomic_load(&workers_busy) > 0; spin++) relax();
  pthread_mutex_lock(&mutex);
  job = NULL;
  while (workers_busy > 0) pthread_cond_wait(&work_done, &mutex);
  pthread_mutex_unlock(&mutex);
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
