// Devices, memory, modules and launches.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memory>

#include "checks.h"
#include "image.h"
#include "memory.h"
#include "streams.h"

struct CUctx_st {
  int device;
};

struct CUmod_st {
  std::string suffix;
};

struct CUfunc_st {
  const Kernel *kernel;
};

namespace {
enum { MAX_DEVICES = 8, MAX_THREADS = 1024, MAX_SHARED = 48 * 1024 };

CUctx_st contexts[MAX_DEVICES];
thread_local CUcontext current;

int device_count() {
  const char *text = getenv("FLAMBEAU_SIMULATOR_DEVICES");
  int count = text ? atoi(text) : 1;
  return count < 0 ? 0 : count > MAX_DEVICES ? MAX_DEVICES : count;
}

/// The blocks of page-locked host memory, with their sizes.
std::map<const char *, size_t> &pinned() {
  static std::map<const char *, size_t> all;
  return all;
}

bool is_pinned(const void *place) {
  auto found = pinned().upper_bound((const char *)place);
  if (found == pinned().begin()) return false;
  --found;
  return (const char *)place < found->first + found->second;
}

/// The allocation that contains all bytes of a copy; null, after reporting an error, if there is none.
Allocation *part_of_memory(CUdeviceptr place, size_t size, const char *what) {
  Allocation *a = allocation_at((void *)place);
  if (a && (char *)place + size <= a->data + a->size) return a;
  fail(
      CUDA_ERROR_ILLEGAL_ADDRESS,
      std::string(what) + " of " + std::to_string(size) + " bytes: " +
          describe_address((char *)place + (a ? size : 0)));
  return nullptr;
}

/// Copies bytes from host memory to the device.
CUresult copy_in(CUdeviceptr target, const void *source, size_t size) {
  Allocation *a = part_of_memory(target, size, "a copy to the device");
  if (!a || size == 0) return failure();
  Opened open(a);
  memcpy((void *)target, source, size);
  size_t first = (char *)target - a->data;
  memset(&a->written[first], 1, size);
  return CUDA_SUCCESS;
}

CUresult copy_out(void *target, CUdeviceptr source, size_t size) {
  Allocation *a = part_of_memory(source, size, "a copy from the device");
  if (!a) return failure();
  Opened open(a);
  memcpy(target, (void *)source, size);
  return CUDA_SUCCESS;
}

CUresult copy_within(CUdeviceptr target, CUdeviceptr source, size_t size) {
  Allocation *to = part_of_memory(target, size, "a copy on the device");
  Allocation *from = to ? part_of_memory(source, size, "a copy on the device") : nullptr;
  if (!from || size == 0) return failure();
  Opened open_to(to), open_from(from);
  memmove((void *)target, (void *)source, size);
  size_t first = (char *)target - to->data, other = (char *)source - from->data;
  memmove(&to->written[first], &from->written[other], size);
  return CUDA_SUCCESS;
}
}  // namespace

CUresult cuInit(unsigned) { return CUDA_SUCCESS; }

CUresult cuDriverGetVersion(int *version) {
  *version = 12090;
  return CUDA_SUCCESS;
}

CUresult cuGetErrorName(CUresult error, const char **name) {
  switch (error) {
#define NAME(error) \
  case error: *name = #error; return CUDA_SUCCESS;
    NAME(CUDA_SUCCESS)
    NAME(CUDA_ERROR_INVALID_VALUE)
    NAME(CUDA_ERROR_OUT_OF_MEMORY)
    NAME(CUDA_ERROR_INVALID_DEVICE)
    NAME(CUDA_ERROR_INVALID_IMAGE)
    NAME(CUDA_ERROR_INVALID_CONTEXT)
    NAME(CUDA_ERROR_NOT_FOUND)
    NAME(CUDA_ERROR_NOT_READY)
    NAME(CUDA_ERROR_ILLEGAL_ADDRESS)
    NAME(CUDA_ERROR_LAUNCH_FAILED)
    NAME(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED)
#undef NAME
  default: *name = "CUDA_ERROR_UNKNOWN"; return CUDA_SUCCESS;
  }
}

CUresult cuGetErrorString(CUresult error, const char **text) {
  if (error == CUDA_ERROR_OUT_OF_MEMORY) {
    *text = "out of memory";
    return CUDA_SUCCESS;
  }
  return cuGetErrorName(error, text);
}

CUresult cuDeviceGetCount(int *count) {
  *count = device_count();
  return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  if (ordinal < 0 || ordinal >= device_count()) return CUDA_ERROR_INVALID_DEVICE;
  *device = ordinal;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char *name, int length, CUdevice) {
  snprintf(name, length, "Flambeau's simulator");
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice) {
  switch (attribute) {
  case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 1; break;
  case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = 8; break;
  default: *value = 0;
  }
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  if (device < 0 || device >= device_count()) return CUDA_ERROR_INVALID_DEVICE;
  contexts[device].device = device;
  *context = &contexts[device];
  return CUDA_SUCCESS;
}

CUresult cuCtxSetCurrent(CUcontext context) {
  current = context;
  return CUDA_SUCCESS;
}

CUresult cuCtxSynchronize(void) {
  Locked lock(mutex);
  return run_all();
}

CUresult cuMemGetInfo_v2(size_t *free, size_t *total) {
  Locked lock(mutex);
  if (!current) return CUDA_ERROR_INVALID_CONTEXT;
  *total = total_memory(current->device);
  *free = *total - used_memory(current->device);
  return CUDA_SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr *pointer, size_t size) {
  Locked lock(mutex);
  if (!current) return CUDA_ERROR_INVALID_CONTEXT;
  if (size == 0) return CUDA_ERROR_INVALID_VALUE;
  Allocation *a = allocate(current->device, size);
  if (!a) return CUDA_ERROR_OUT_OF_MEMORY;
  *pointer = (CUdeviceptr)a->data;
  return failure();
}

CUresult cuMemFree_v2(CUdeviceptr pointer) {
  Locked lock(mutex);
  run_all();
  return release((void *)pointer) ? failure() : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuMemHostAlloc(void **pointer, size_t size, unsigned) {
  Locked lock(mutex);
  *pointer = calloc(1, size);
  if (!*pointer) return CUDA_ERROR_OUT_OF_MEMORY;
  pinned()[(const char *)*pointer] = size;
  return CUDA_SUCCESS;
}

CUresult cuMemFreeHost(void *pointer) {
  Locked lock(mutex);
  run_all();
  if (pinned().erase((const char *)pointer) == 0) return CUDA_ERROR_INVALID_VALUE;
  free(pointer);
  return failure();
}

CUresult cuMemcpyHtoDAsync_v2(
    CUdeviceptr target, const void *source, size_t size, CUstream stream) {
  Locked lock(mutex);
  if (is_pinned(source)) {
    return add(stream, [=] { return copy_in(target, source, size); });
  }
  // Pageable memory must have been read when the call returns.
  std::string bytes((const char *)source, size);
  return add(stream, [=] { return copy_in(target, bytes.data(), size); });
}

CUresult cuMemcpyDtoHAsync_v2(void *target, CUdeviceptr source, size_t size, CUstream stream) {
  Locked lock(mutex);
  CUresult result = add(stream, [=] { return copy_out(target, source, size); });
  return result != CUDA_SUCCESS || is_pinned(target) ? result : cuStreamSynchronize(stream);
}

CUresult cuMemcpyDtoDAsync_v2(
    CUdeviceptr target, CUdeviceptr source, size_t size, CUstream stream) {
  Locked lock(mutex);
  return add(stream, [=] { return copy_within(target, source, size); });
}

CUresult cuMemcpyPeerAsync(
    CUdeviceptr target, CUcontext, CUdeviceptr source, CUcontext, size_t size, CUstream stream) {
  return cuMemcpyDtoDAsync_v2(target, source, size, stream);
}

CUresult cuMemsetD8Async(CUdeviceptr target, unsigned char value, size_t size, CUstream stream) {
  Locked lock(mutex);
  return add(stream, [=] { return copy_in(target, std::string(size, (char)value).data(), size); });
}

CUresult cuModuleLoadData(CUmodule *module, const void *image) {
  Locked lock(mutex);
  std::string suffix;
  if (!read_image((const char *)image, suffix)) return CUDA_ERROR_INVALID_IMAGE;
  *module = new CUmod_st{suffix};
  return failure();
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  Locked lock(mutex);
  auto found = kernels().find(name);
  std::string text = name;
  bool fits = text.size() > module->suffix.size() &&
              text.compare(text.size() - module->suffix.size(), std::string::npos, module->suffix) == 0;
  if (found == kernels().end() || !fits) return CUDA_ERROR_NOT_FOUND;
  *function = new CUfunc_st{&found->second};
  return failure();
}

CUresult cuLaunchKernel(
    CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
    unsigned block_y, unsigned block_z, unsigned shared, CUstream stream, void **parameters,
    void **) {
  Locked lock(mutex);
  unsigned long threads = (unsigned long)block_x * block_y * block_z;
  bool is_possible = grid_x > 0 && grid_x <= 0x7fffffff && grid_y > 0 && grid_y <= 65535 &&
                     grid_z > 0 && grid_z <= 65535 && threads > 0 && threads <= MAX_THREADS &&
                     block_z <= 64 && shared <= MAX_SHARED && threads % 32 == 0;
  if (!is_possible) return CUDA_ERROR_INVALID_VALUE;
  // Parameters are copied at launch; the caller may reuse their memory.
  auto copies = std::make_shared<std::vector<std::vector<uint64_t>>>();
  for (size_t k = 0; k < function->kernel->parameter_sizes.size(); k++) {
    size_t size = function->kernel->parameter_sizes[k];
    copies->emplace_back((size + 7) / 8);
    memcpy(copies->back().data(), parameters[k], size);
  }
  return add(stream, [=] {
    std::vector<void *> pointers;
    for (auto &copy : *copies) pointers.push_back(copy.data());
    std::string problem = run_checked(
        {function->kernel, pointers.data(), {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}});
    return problem.empty() ? CUDA_SUCCESS : fail(CUDA_ERROR_LAUNCH_FAILED, problem);
  });
}

std::map<std::string, Kernel> &kernels() {
  static std::map<std::string, Kernel> all;
  return all;
}
