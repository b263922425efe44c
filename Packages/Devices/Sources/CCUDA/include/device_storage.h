#pragma once
#include <COperations.h>

/// A storage in memory that someone else allocated. With its last reference it calls `release` with the
/// owner.
Storage *_Nonnull flambeau_wrap_memory(
    void *_Nonnull pointer, long size, Device device, void *_Nonnull owner,
    void (*_Nonnull release)(void *_Nonnull owner))
    __attribute__((swift_attr("returns_retained")));

/// Whether `flambeau_wrap_memory` made it.
bool flambeau_is_wrapped(const Storage *_Nonnull storage);

/// Who allocated the memory of a storage that `flambeau_wrap_memory` made.
void *_Nonnull flambeau_memory_owner(const Storage *_Nonnull storage);

/// The context that this thread's calls of the driver go to, or null.
void *_Nullable flambeau_current_context(void);
void flambeau_set_current_context(void *_Nullable context);
