#pragma once
// The parts of CUDA C++ that kernels use, for the host compiler.

#include <math.h>
#include <stdint.h>

#include "registry.h"

struct dim3 {
  unsigned x, y, z;
};

// The indices of the running thread.
extern dim3 threadIdx, blockIdx, blockDim, gridDim;

// Blocks run one after the other, so shared memory can be static. It is in a section of its own, so that it can be
// overwritten before each block.
#if defined(__ELF__)
#define SHARED_NAME_(prefix, element) prefix##element
#define SHARED_NAME(prefix, element) SHARED_NAME_(prefix, element)
#define SHARED_TEXT_(element) "shared_" #element
#define SHARED_TEXT(element) SHARED_TEXT_(element)
extern "C" __attribute__((weak, visibility("hidden"))) char SHARED_NAME(__start_shared_, ELEMENT)[];
extern "C" __attribute__((weak, visibility("hidden"))) char SHARED_NAME(__stop_shared_, ELEMENT)[];
#define __shared__ static __attribute__((section(SHARED_TEXT(ELEMENT))))
#define SHARED_MEMORY SHARED_NAME(__start_shared_, ELEMENT), SHARED_NAME(__stop_shared_, ELEMENT)
#else
#define __shared__ static
#define SHARED_MEMORY nullptr, nullptr
#endif
#define __align__(n) __attribute__((aligned(n)))

/// Waits until all threads of the block have arrived.
void __syncthreads();
/// Waits until all threads of the warp have arrived.
void __syncwarp();
/// The value of the thread whose lane is larger by `distance`; the thread's own value past the end of the warp.
unsigned __shfl_down_sync(unsigned mask, unsigned value, int distance);

// Defines a kernel and registers it with the driver.
#define KERNEL_(name, ...) DEFINE_KERNEL(name, __VA_ARGS__)
#define DEFINE_KERNEL(name, ...)                            \
  void name(__VA_ARGS__);                                   \
  const Registration name##_registration(#name, &name, SHARED_MEMORY); \
  void name(__VA_ARGS__)

/// Stops the kernel if a vector load or store of four elements is misaligned.
void check_aligned(const void *pointer, unsigned long size);
#define CHECK_ALIGNED(pointer, size) check_aligned(pointer, size)
