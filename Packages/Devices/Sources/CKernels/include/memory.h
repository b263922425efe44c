#pragma once
#include <stdint.h>

#include <COperations.h>

// A caching allocator. Freed blocks are kept, by size, for the next allocation of that size: small
// ones by each thread for itself, large ones for all threads.

/// A storage on the CPU of at least `size` bytes, aligned to 64, whose contents are not defined. Stops
/// the program where there is no memory.
Storage *_Nonnull flambeau_make_storage(long size)
    __attribute__((swift_attr("returns_retained")));

/// A storage that is a part of an open file: read as it is used, and what is written to it stays in
/// memory. The file must not become shorter. Null where the system cannot map it.
Storage *_Nullable flambeau_map_storage(int descriptor, long offset, long size)
    __attribute__((swift_attr("returns_retained")));

/// Returns to the system what this thread and the shared cache keep.
void flambeau_empty_cache(void);

/// Bytes that are in use, bytes that are kept for later use, and the most that were in use as a large
/// block was allocated, over all threads.
typedef struct {
  int64_t in_use, cached, peak;
} MemoryStatistics;
MemoryStatistics flambeau_memory_statistics(void);

/// Forgets the peak.
void flambeau_reset_peak_memory(void);
