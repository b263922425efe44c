#pragma once
// Common to all kernels. A kernel file is compiled for one dtype, ELEMENT, such as float32.

#include "elementwise.h"
#include "launches.h"
#include "reductions.h"

#define JOINED_(a, b) a##b
#define JOINED(a, b) JOINED_(a, b)

// The storage type S and the compute type T of elements.
#define X(name, storage, compute, ...) \
  typedef storage storage_##name;      \
  typedef compute compute_##name;
FLAMBEAU_DTYPES(X)
#undef X
typedef JOINED(storage_, ELEMENT) S;
typedef JOINED(compute_, ELEMENT) T;
#define LOAD(x) JOINED(FLAMBEAU_LOAD_, ELEMENT)(x)
#define STORE(x) JOINED(FLAMBEAU_STORE_, ELEMENT)(x)

// 1 for floating point, 2 for integers and bool.
#define KIND_bool 2
#define KIND_uint8 2
#define KIND_int8 2
#define KIND_int16 2
#define KIND_int32 2
#define KIND_int64 2
#define KIND_float16 1
#define KIND_bfloat16 1
#define KIND_float32 1
#define KIND_float64 1
#define IS_FLOAT (JOINED(KIND_, ELEMENT) == 1)
// Sums and products support floating point and int64 only.
#define TOTALS_int64 1
#define TOTALS_float16 1
#define TOTALS_bfloat16 1
#define TOTALS_float32 1
#define TOTALS_float64 1
#define HAS_TOTALS (JOINED(TOTALS_, ELEMENT) == 1)
// The type that totals are accumulated in.
#if IS_FLOAT
typedef double Total;
#else
typedef int64_t Total;
#endif

// Defines a kernel named name_ELEMENT.
#define KERNEL(name, ...) KERNEL_(JOINED(name##_, ELEMENT), __VA_ARGS__)
#if defined(__CUDACC__)
// NVRTC compiles unannotated functions as device functions (--device-as-default-execution-space).
#define INFINITY __int_as_float(0x7f800000)
#define KERNEL_(name, ...) \
  extern "C" __global__ void __launch_bounds__(LAUNCH_BLOCK) name(__VA_ARGS__)
#define CHECK_ALIGNED(pointer, size)
// Expressions of the tables compare unsigned integers with 0 (186), and no file uses all functions (177).
#pragma nv_diag_suppress 186
#pragma nv_diag_suppress 177
#endif

// The kernels of a table of operations: that of OPERATION if it is defined, else all.
#if defined(OPERATION)
#define KERNELS_OF(table, X) APPLIED(X, OPERATION)
#define APPLIED(X, ...) X(__VA_ARGS__)
#else
#define KERNELS_OF(table, X) table(X)
#endif

// The functions of the tables that CUDA does not have.
template <class E>
inline E exp_times_below_0(E factor, E x) {
  return factor * exp(x);
}
template <class E>
inline E exp_below_0(E x) {
  return exp(x);
}
template <class E>
inline E gelu_tail(E x) {
  return x > 40 ? 0 : x * erfc(x * (E)0.70710678118654752440) / 2;
}

template <class E>
inline E gelu_derivative(E x) {
  E a = x < 0 ? -x : x;
  E below = erfc(a * (E)0.70710678118654752440) / 2 -
            a * exp(x * x * (E)-0.5) * (E)0.39894228040143267794;
  return a > 40 ? (E)(x > 0) : x < 0 ? below : 1 - below;
}

/// This thread's index in the grid, and the number of threads in the grid.
inline int64_t first_index() { return (int64_t)blockIdx.x * blockDim.x + threadIdx.x; }
inline int64_t index_step() { return (int64_t)gridDim.x * blockDim.x; }

/// The value of a scalar operand from the CPU.
template <class E>
inline E number_of(const Walk &walk, int operand) {
  return *(const E *)(const void *)&walk.numbers[operand];
}

/// Returns index / size and leaves the remainder in index. 64-bit division is several times slower than 32-bit.
inline int64_t divide(int64_t &index, int64_t size) {
  int64_t quotient =
      (index | size) >> 32 ? index / size : (int64_t)((uint32_t)index / (uint32_t)size);
  index -= quotient * size;
  return quotient;
}

/// The offsets of the element at a flat index, in up to four operands.
inline void seek(const Walk &walk, int64_t index, int operands, int64_t offsets[]) {
  for (int k = 0; k < operands; k++) offsets[k] = 0;
#pragma unroll 1
  for (int64_t dim = walk.rank - 1; dim >= 0; dim--) {
    int64_t rest = divide(index, walk.shape[dim]);
    for (int k = 0; k < operands; k++) offsets[k] += index * walk.strides[dim][k];
    index = rest;
  }
}

inline int64_t seek(const Extents &dims, int64_t index) {
  int64_t offset = 0;
#pragma unroll 1
  for (int64_t dim = dims.rank - 1; dim >= 0; dim--) {
    int64_t rest = divide(index, dims.shape[dim]);
    offset += index * dims.strides[dim];
    index = rest;
  }
  return offset;
}
