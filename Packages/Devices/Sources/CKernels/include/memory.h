#pragma once
#include <stdint.h>

// A caching allocator. Freed blocks are kept, by size, for the next allocation of that size: small
// ones by each thread for itself, large ones for all threads.

/// A block of at least `size` bytes, aligned to 64. Stops the program where there is no memory.
void *flambeau_allocate(long size);

/// Takes back a block of flambeau_allocate, given the same size.
void flambeau_free(void *block, long size);

/// Returns to the system what this thread and the shared cache keep.
void flambeau_empty_cache(void);

/// Bytes that are in use, and bytes that are kept for later use, over all threads.
typedef struct {
  int64_t in_use, cached;
} MemoryStatistics;
MemoryStatistics flambeau_memory_statistics(void);
