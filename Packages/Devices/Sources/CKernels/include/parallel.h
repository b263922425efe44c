#pragma once

/// Calls body over parts of 0 ..< count that together cover it, on several threads where the parts
/// are at least `grain` long. Returns when all is done. A call from inside a body, or while another
/// thread uses the pool, runs on the calling thread alone.
void flambeau_parallel(
    long count, long grain, void (*body)(void *context, long begin, long end), void *context);

/// How many threads flambeau_parallel uses: at first the number of processors, or the environment
/// variable FLAMBEAU_NUM_THREADS.
int flambeau_thread_count(void);

/// Sets it, from 1 to 256.
void flambeau_set_thread_count(int count);
