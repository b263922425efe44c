#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <COperations.h>

// A caching allocator. Freed blocks are kept, by size class, for later allocations: small ones in a
// cache of each thread, large ones in a shared cache.

/// Allocates a CPU storage of at least `size` bytes, aligned to 64, with undefined contents. Stops
/// the program if there is not enough memory.
Storage *_Nonnull flambeau_make_storage(long size)
    __attribute__((swift_attr("returns_retained")));

/// Whether a storage's memory is that of `flambeau_make_storage`, which nobody sees after its last reference.
bool flambeau_is_own_memory(const Storage *_Nonnull storage);

/// Maps a part of an open file: it is read on demand, and writes are private to the process. The file
/// must not become shorter. Null if the system cannot map it.
Storage *_Nullable flambeau_map_storage(int descriptor, long offset, long size)
    __attribute__((swift_attr("returns_retained")));

/// Returns the memory in this thread's cache and in the shared one to the system.
void flambeau_empty_cache(void);

/// The bytes in use, the bytes cached, and the peak of those in use, measured when a large block is
/// allocated, over all threads.
typedef struct {
  int64_t in_use, cached, peak;
} MemoryStatistics;
MemoryStatistics flambeau_memory_statistics(void);

/// Resets the peak to the bytes in use.
void flambeau_reset_peak_memory(void);
