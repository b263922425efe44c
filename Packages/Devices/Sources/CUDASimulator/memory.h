#pragma once
#include <stddef.h>
#include <stdint.h>

#include <string>
#include <vector>

/// An allocation of a device's memory. It ends, except for some guard bytes, at an inaccessible page, and is itself
/// accessible only while a kernel or a copy that uses it runs.
struct Allocation {
  char *data;
  size_t size;
  int device;
  char *pages;
  size_t length;
  bool is_live;
  /// 1 for each byte that has been written, else 0.
  std::vector<unsigned char> written;
};

/// Allocates memory; null if the device does not have enough left.
Allocation *allocate(int device, size_t size);
/// Frees an allocation; returns false if no live one starts there.
bool release(void *data);
/// The live allocation that contains an address, or null.
Allocation *allocation_at(const void *place);
/// The bytes of a device's memory, and those in use.
size_t total_memory(int device);
size_t used_memory(int device);

/// Makes an allocation accessible during its lifetime.
class Opened {
 public:
  explicit Opened(Allocation *allocation);
  ~Opened();
  Opened(const Opened &) = delete;

 private:
  Allocation *allocation;
};

/// Whether the guard bytes around an allocation are intact.
bool has_intact_edges(const Allocation &allocation);

/// A description of an address, for error messages.
std::string describe_address(const void *place);
