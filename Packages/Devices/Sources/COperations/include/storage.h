#pragma once
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "dtypes.h"

/// A kind of device, by its number: 0 is the CPU, and the others are registered in Swift.
typedef uint8_t DeviceKind FLAMBEAU_SWIFT_STRUCT;

/// The device that holds a tensor's elements and runs its operations: `torch.device`.
///
/// Its name is `cpu`, `cuda:0`, `mps` or a registered one; `cuda` alone means `cuda:0`.
typedef struct {
  DeviceKind kind;
  /// The index among the devices of its kind, starting at 0.
  int32_t index;
} Device;

// Swift enforces exclusivity on each access to a class's field, which costs more than the access itself. So Swift sees
// getter functions instead of the fields.
#define FLAMBEAU_FIELD(name) name __attribute__((swift_private))
#define FLAMBEAU_GETTER(T, name, swift)                                             \
  static inline T flambeau_storage_##name(const Storage *_Nonnull storage)          \
      __attribute__((swift_name("getter:Storage." swift "(self:)"))) {              \
    return storage->name;                                                           \
  }

/// A block of memory on a device, shared by views.
///
/// It is returned to the device's allocator with its last reference. Threads may read it concurrently;
/// a write needs exclusive access.
///
/// Swift reference-counts it like its own classes. Every operation creates one, and it is much cheaper
/// to create and destroy than a Swift object.
typedef struct Storage Storage;
struct __attribute__((
    swift_attr("import_reference"), swift_attr("retain:flambeau_retain"),
    swift_attr("release:flambeau_release"), swift_attr("@Sendable"))) Storage {
  void *_Nonnull FLAMBEAU_FIELD(pointer);
  long FLAMBEAU_FIELD(byte_count);
  Device FLAMBEAU_FIELD(device);
  uint32_t FLAMBEAU_FIELD(version);
  _Atomic uint32_t references;
  /// Frees the memory and this object.
  void (*_Nonnull deallocate)(Storage *_Nonnull);
};

/// The start of the block, in the device's memory.
FLAMBEAU_GETTER(void *_Nonnull, pointer, "pointer")
FLAMBEAU_GETTER(long, byte_count, "byteCount")
FLAMBEAU_GETTER(Device, device, "device")
/// The version: the number of in-place changes of the contents.
FLAMBEAU_GETTER(uint32_t, version, "version")

/// Increments the version, after an in-place change of the contents.
static inline void flambeau_storage_mark_changed(Storage *_Nonnull storage) {
  storage->version++;
}

static inline void flambeau_retain(Storage *_Nonnull storage) {
  atomic_fetch_add_explicit(&storage->references, 1, memory_order_relaxed);
}

static inline void flambeau_release(Storage *_Nonnull storage) {
  // The last reference needs no atomic decrement.
  if (atomic_load_explicit(&storage->references, memory_order_acquire) == 1 ||
      atomic_fetch_sub_explicit(&storage->references, 1, memory_order_acq_rel) == 1) {
    storage->deallocate(storage);
  }
}

static inline uint32_t flambeau_references(const Storage *_Nonnull storage) {
  return atomic_load_explicit(&storage->references, memory_order_acquire);
}

// The same for an address that Swift does not count by itself.
static inline void flambeau_retain_address(void *_Nonnull storage) {
  flambeau_retain((Storage *)storage);
}

static inline void flambeau_release_address(void *_Nonnull storage) {
  flambeau_release((Storage *)storage);
}

static inline uint32_t flambeau_references_of_address(void *_Nonnull storage) {
  return flambeau_references((Storage *)storage);
}

static inline void *_Nonnull flambeau_pointer_of_address(void *_Nonnull storage) {
  return ((Storage *)storage)->pointer;
}
