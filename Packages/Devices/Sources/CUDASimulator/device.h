#pragma once
// CUDA C++ as a host's compiler sees it: the words of the language that kernels use.

#include <math.h>
#include <stdint.h>

#include "registry.h"

struct dim3 {
  unsigned x, y, z;
};

// The thread that runs.
extern dim3 threadIdx, blockIdx, blockDim, gridDim;

// Blocks run one after the other, so that what a block shares may be static. It is kept together, so that it can
// be overwritten before each block.
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

/// Waits until all threads of the block have come here.
void __syncthreads();
/// Waits until all threads of the warp have come here.
void __syncwarp();
/// The value of the thread that is `distance` further in the warp; its own behind the end.
unsigned __shfl_down_sync(unsigned mask, unsigned value, int distance);

// Defines a kernel, and notes it for the driver.
#define KERNEL_(name, ...) DEFINE_KERNEL(name, __VA_ARGS__)
#define DEFINE_KERNEL(name, ...)                            \
  void name(__VA_ARGS__);                                   \
  const Registration name##_registration(#name, &name, SHARED_MEMORY); \
  void name(__VA_ARGS__)

/// Stops the kernel where four elements are read or written from a place that a GPU cannot reach.
void check_aligned(const void *pointer, unsigned long size);
#define CHECK_ALIGNED(pointer, size) check_aligned(pointer, size)
