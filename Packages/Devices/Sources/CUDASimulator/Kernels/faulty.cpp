// Kernels with the errors that the simulator must detect, for its own tests.

#define ELEMENT faulty
#include "../device.h"

#define FAULTY(name, ...) KERNEL_(name##_float32, __VA_ARGS__)

namespace {
// Half of the threads never reach the barrier.
FAULTY(diverging_barrier, float *) {
  if (threadIdx.x % 2 == 0) __syncthreads();
}

// A misaligned load of four elements.
FAULTY(misaligned_four, float *x) { CHECK_ALIGNED(x + 1, 16); }

// Each thread reads what its neighbour writes.
FAULTY(race, float *x) {
  unsigned next = (threadIdx.x + 1) % blockDim.x;
  x[threadIdx.x] = x[next] + 1;
}

// The same in shared memory, with a missing barrier.
FAULTY(shared_race, float *x) {
  __shared__ float shared[1024];
  shared[threadIdx.x] = x[threadIdx.x];
  x[threadIdx.x] = shared[(threadIdx.x + 1) % blockDim.x];
}

// A write past the end, and one before the start.
FAULTY(behind, float *x) { x[blockDim.x + threadIdx.x] = 0; }
FAULTY(before, float *x) { x[-1024 * 1024] = 0; }

// Adds 1 to each element, which is an error if it is unwritten.
FAULTY(increment, float *x) { x[threadIdx.x] += 1; }

// A correct kernel: the threads of a block reverse their numbers.
FAULTY(reverse, float *x) {
  __shared__ float shared[1024];
  shared[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  x[threadIdx.x] = shared[blockDim.x - 1 - threadIdx.x];
}
}  // namespace
