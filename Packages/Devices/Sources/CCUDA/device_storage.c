#include "include/device_storage.h"

#include <stdlib.h>

typedef struct {
  Storage storage;
  void *owner;
  void (*release)(void *owner);
} WrappedStorage;

static void free_wrapped(Storage *storage) {
  WrappedStorage *wrapped = (WrappedStorage *)storage;
  wrapped->release(wrapped->owner);
  free(wrapped);
}

Storage *flambeau_wrap_memory(
    void *pointer, long size, Device device, void *owner, void (*release)(void *owner)) {
  WrappedStorage *wrapped = malloc(sizeof(WrappedStorage));
  if (!wrapped) abort();
  *wrapped = (WrappedStorage){
      .storage = {pointer, size, device, .references = 1, .deallocate = free_wrapped},
      .owner = owner,
      .release = release};
  return &wrapped->storage;
}

bool flambeau_is_wrapped(const Storage *storage) { return storage->deallocate == free_wrapped; }

void *flambeau_memory_owner(const Storage *storage) {
  return ((const WrappedStorage *)storage)->owner;
}

static _Thread_local void *context;

void *flambeau_current_context(void) { return context; }
void flambeau_set_current_context(void *other) { context = other; }
