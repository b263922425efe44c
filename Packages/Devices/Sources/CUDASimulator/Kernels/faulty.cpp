// Kernels with the mistakes that the simulator is there to find, for its own tests.

#define ELEMENT faulty
#include "../device.h"

#define FAULTY(name, ...) KERNEL_(name##_float32, __VA_ARGS__)

namespace {
// Half of the threads never come to the barrier.
FAULTY(diverging_barrier, float *) {
  if (threadIdx.x % 2 == 0) __syncthreads();
}

// Four numbers at once from a place where a GPU reads one.
FAULTY(misaligned_four, float *x) { CHECK_ALIGNED(x + 1, 16); }

// Each thread reads what its neighbour writes.
FAULTY(race, float *x) {
  unsigned next = (threadIdx.x + 1) % blockDim.x;
  x[threadIdx.x] = x[next] + 1;
}

// The same in memory that the block shares, with a barrier that is missing.
FAULTY(shared_race, float *x) {
  __shared__ float shared[1024];
  shared[threadIdx.x] = x[threadIdx.x];
  x[threadIdx.x] = shared[(threadIdx.x + 1) % blockDim.x];
}

// One place behind the end, and one before the beginning.
FAULTY(behind, float *x) { x[blockDim.x + threadIdx.x] = 0; }
FAULTY(before, float *x) { x[-1024 * 1024] = 0; }

// What is there, and one more.
FAULTY(increment, float *x) { x[threadIdx.x] += 1; }

// All of it is as it should be: the threads of a block turn their numbers around.
FAULTY(reverse, float *x) {
  __shared__ float shared[1024];
  shared[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  x[threadIdx.x] = shared[blockDim.x - 1 - threadIdx.x];
}
}  // namespace
