#pragma once

/// Calls body for parts that together cover 0 ..< count, on several threads if the parts are at least
/// `grain` long. Returns when all are done. A nested call, or a call while another thread uses the
/// pool, runs on the calling thread alone.
void flambeau_parallel(
    long count, long grain, void (*body)(void *context, long begin, long end), void *context);

/// The same in parts of the given length, which threads take as they become free: for parts that
/// differ in work.
void flambeau_parallel_in_parts(
    long count, long part, void (*body)(void *context, long begin, long end), void *context);

/// The number of threads that flambeau_parallel uses: initially the value of the environment variable
/// FLAMBEAU_NUM_THREADS, or else the number of processors.
int flambeau_thread_count(void);

/// Sets the number of threads, from 1 to 256.
void flambeau_set_thread_count(int count);
