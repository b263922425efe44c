#pragma once
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "dtypes.h"

/// A kind of device, by its number: 0 is the CPU, and the others are registered in Swift.
typedef uint8_t DeviceKind FLAMBEAU_SWIFT_STRUCT;

/// Where a tensor's elements live and its operations run.
///
/// In text it is `cpu`, `cuda:0`, `mps` or one that was registered, as in PyTorch; `cuda` alone means `cuda:0`.
typedef struct {
  DeviceKind kind;
  /// Which one of its kind, from 0 on.
  int32_t index;
} Device;

// Swift checks each access to a field of a class for conflicts, which takes longer than the access. So
// it sees functions in place of the fields.
#define FLAMBEAU_FIELD(name) name __attribute__((swift_private))
#define FLAMBEAU_GETTER(T, name, swift)                                             \
  static inline T flambeau_storage_##name(const Storage *_Nonnull storage)          \
      __attribute__((swift_name("getter:Storage." swift "(self:)"))) {              \
    return storage->name;                                                           \
  }

/// A block of memory on a device, which views share.
///
/// It goes back to the device's allocator with its last reference. Threads may read it at the same
/// time; what writes to it needs it alone.
///
/// Swift counts references to it as to those of its own classes. One is made and let go of with every
/// operation, which takes a fraction of the time that an object of Swift's would.
typedef struct Storage Storage;
struct __attribute__((
    swift_attr("import_reference"), swift_attr("retain:flambeau_retain"),
    swift_attr("release:flambeau_release"), swift_attr("@Sendable"))) Storage {
  void *_Nonnull FLAMBEAU_FIELD(pointer);
  long FLAMBEAU_FIELD(byte_count);
  Device FLAMBEAU_FIELD(device);
  uint32_t FLAMBEAU_FIELD(version);
  _Atomic uint32_t references;
  /// Gives back the memory and this itself.
  void (*_Nonnull deallocate)(Storage *_Nonnull);
};

/// Where it begins, in the device's memory.
FLAMBEAU_GETTER(void *_Nonnull, pointer, "pointer")
FLAMBEAU_GETTER(long, byte_count, "byteCount")
FLAMBEAU_GETTER(Device, device, "device")
/// How many times its contents have been changed in place.
FLAMBEAU_GETTER(uint32_t, version, "version")

/// Notes that the contents have been changed in place.
static inline void flambeau_storage_mark_changed(Storage *_Nonnull storage) {
  storage->version++;
}

static inline void flambeau_retain(Storage *_Nonnull storage) {
  atomic_fetch_add_explicit(&storage->references, 1, memory_order_relaxed);
}

static inline void flambeau_release(Storage *_Nonnull storage) {
  // The holder of the only reference need not tell others that it goes.
  if (atomic_load_explicit(&storage->references, memory_order_acquire) == 1 ||
      atomic_fetch_sub_explicit(&storage->references, 1, memory_order_acq_rel) == 1) {
    storage->deallocate(storage);
  }
}
