#pragma once
#include <COperations.h>

/// Wraps externally allocated memory in a storage, which calls `release` with the owner when its last reference is
/// gone.
Storage *_Nonnull flambeau_wrap_memory(
    void *_Nonnull pointer, long size, Device device, void *_Nonnull owner,
    void (*_Nonnull release)(void *_Nonnull owner))
    __attribute__((swift_attr("returns_retained")));

/// Whether `flambeau_wrap_memory` created the storage.
bool flambeau_is_wrapped(const Storage *_Nonnull storage);

/// The owner of the memory of a storage that `flambeau_wrap_memory` created.
void *_Nonnull flambeau_memory_owner(const Storage *_Nonnull storage);

/// This thread's current CUDA context, or null.
void *_Nullable flambeau_current_context(void);
void flambeau_set_current_context(void *_Nullable context);
