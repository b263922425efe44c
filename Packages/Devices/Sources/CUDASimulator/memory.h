#pragma once
#include <stddef.h>
#include <stdint.h>

#include <string>
#include <vector>

/// A device's memory. Each allocation ends, but for some bytes that are watched, where nothing can be
/// reached, and nobody reaches it but while a kernel or a copy that was given it runs.
struct Allocation {
  char *data;
  size_t size;
  int device;
  char *pages;
  size_t length;
  bool is_live;
  /// 1 for each byte that was ever written, else 0.
  std::vector<unsigned char> written;
};

/// Null where the device has not so much left.
Allocation *allocate(int device, size_t size);
/// Returns false where nothing that lives begins there.
bool release(void *data);
/// The one that lives and has a place, or null.
Allocation *allocation_at(const void *place);
/// Bytes that a device has in all, and that are in use.
size_t total_memory(int device);
size_t used_memory(int device);

/// Opens an allocation for the program, while this exists.
class Opened {
 public:
  explicit Opened(Allocation *allocation);
  ~Opened();
  Opened(const Opened &) = delete;

 private:
  Allocation *allocation;
};

/// Whether bytes around an allocation are as they were.
bool has_intact_edges(const Allocation &allocation);

/// What is at a place, in words.
std::string describe_address(const void *place);
