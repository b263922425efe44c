#pragma once
#include <stddef.h>
#include <stdint.h>

#include "library.h"

// The part of NVIDIA's driver API, libcuda, that Flambeau calls, after the "CUDA Driver API" reference.
// Nothing of NVIDIA's is needed to build: the library is loaded at run time.

typedef int CUresult;
typedef int CUdevice;
typedef uint64_t CUdeviceptr;
typedef struct CUctx_st *CUcontext;
typedef struct CUmod_st *CUmodule;
typedef struct CUfunc_st *CUfunction;
typedef struct CUstream_st *CUstream;
typedef struct CUevent_st *CUevent;
typedef struct CUgraph_st *CUgraph;
typedef struct CUgraphExec_st *CUgraphExec;

enum {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NOT_INITIALIZED = 3,
  CUDA_ERROR_NO_DEVICE = 100,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_IMAGE = 200,
  CUDA_ERROR_INVALID_CONTEXT = 201,
  CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
  CUDA_ERROR_INVALID_HANDLE = 400,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_NOT_READY = 600,
  CUDA_ERROR_ILLEGAL_ADDRESS = 700,
  CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701,
  CUDA_ERROR_MISALIGNED_ADDRESS = 716,
  CUDA_ERROR_LAUNCH_FAILED = 719,
  CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED = 900,
  CUDA_ERROR_STREAM_CAPTURE_INVALIDATED = 901,
};

enum {
  CU_DEVICE_ATTRIBUTE_CLOCK_RATE = 13,
  CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16,
  CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE = 36,
  CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH = 37,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
};

enum {
  CU_STREAM_NON_BLOCKING = 1,
  CU_EVENT_DISABLE_TIMING = 2,
  CU_STREAM_CAPTURE_MODE_RELAXED = 2,
};

// X(function, its name in the library, parameters)
#define FLAMBEAU_DRIVER(X)                                                                    \
  X(cuInit, cuInit, unsigned flags)                                                           \
  X(cuDriverGetVersion, cuDriverGetVersion, int *version)                                     \
  X(cuGetErrorName, cuGetErrorName, CUresult error, const char **name)                        \
  X(cuGetErrorString, cuGetErrorString, CUresult error, const char **text)                    \
  X(cuDeviceGetCount, cuDeviceGetCount, int *count)                                           \
  X(cuDeviceGet, cuDeviceGet, CUdevice *device, int ordinal)                                  \
  X(cuDeviceGetName, cuDeviceGetName, char *name, int length, CUdevice device)                \
  X(cuDeviceGetAttribute, cuDeviceGetAttribute, int *value, int attribute, CUdevice device)   \
  X(cuDevicePrimaryCtxRetain, cuDevicePrimaryCtxRetain, CUcontext *context, CUdevice device)  \
  X(cuCtxSetCurrent, cuCtxSetCurrent, CUcontext context)                                      \
  X(cuCtxSynchronize, cuCtxSynchronize, void)                                                 \
  X(cuMemGetInfo, cuMemGetInfo_v2, size_t *free, size_t *total)                               \
  X(cuMemAlloc, cuMemAlloc_v2, CUdeviceptr *pointer, size_t size)                             \
  X(cuMemFree, cuMemFree_v2, CUdeviceptr pointer)                                             \
  X(cuMemHostAlloc, cuMemHostAlloc, void **pointer, size_t size, unsigned flags)              \
  X(cuMemFreeHost, cuMemFreeHost, void *pointer)                                              \
  X(cuMemcpyHtoDAsync, cuMemcpyHtoDAsync_v2, CUdeviceptr target, const void *source,          \
    size_t size, CUstream stream)                                                             \
  X(cuMemcpyDtoHAsync, cuMemcpyDtoHAsync_v2, void *target, CUdeviceptr source, size_t size,   \
    CUstream stream)                                                                          \
  X(cuMemcpyDtoDAsync, cuMemcpyDtoDAsync_v2, CUdeviceptr target, CUdeviceptr source,          \
    size_t size, CUstream stream)                                                             \
  X(cuMemcpyPeerAsync, cuMemcpyPeerAsync, CUdeviceptr target, CUcontext target_context,       \
    CUdeviceptr source, CUcontext source_context, size_t size, CUstream stream)               \
  X(cuMemsetD8Async, cuMemsetD8Async, CUdeviceptr target, unsigned char value, size_t size,   \
    CUstream stream)                                                                          \
  X(cuModuleLoadData, cuModuleLoadData, CUmodule *module, const void *image)                  \
  X(cuModuleGetFunction, cuModuleGetFunction, CUfunction *function, CUmodule module,          \
    const char *name)                                                                         \
  X(cuLaunchKernel, cuLaunchKernel, CUfunction function, unsigned grid_x, unsigned grid_y,    \
    unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared,   \
    CUstream stream, void **parameters, void **extra)                                         \
  X(cuStreamCreate, cuStreamCreate, CUstream *stream, unsigned flags)                         \
  X(cuStreamSynchronize, cuStreamSynchronize, CUstream stream)                                \
  X(cuStreamQuery, cuStreamQuery, CUstream stream)                                            \
  X(cuStreamWaitEvent, cuStreamWaitEvent, CUstream stream, CUevent event, unsigned flags)     \
  X(cuStreamBeginCapture, cuStreamBeginCapture_v2, CUstream stream, int mode)                 \
  X(cuStreamEndCapture, cuStreamEndCapture, CUstream stream, CUgraph *graph)                  \
  X(cuEventCreate, cuEventCreate, CUevent *event, unsigned flags)                             \
  X(cuEventDestroy, cuEventDestroy_v2, CUevent event)                                         \
  X(cuEventRecord, cuEventRecord, CUevent event, CUstream stream)                             \
  X(cuEventSynchronize, cuEventSynchronize, CUevent event)                                    \
  X(cuEventQuery, cuEventQuery, CUevent event)                                                \
  X(cuEventElapsedTime, cuEventElapsedTime, float *milliseconds, CUevent start, CUevent end)  \
  X(cuGraphInstantiate, cuGraphInstantiateWithFlags, CUgraphExec *executable, CUgraph graph,  \
    unsigned long long flags)                                                                 \
  X(cuGraphLaunch, cuGraphLaunch, CUgraphExec executable, CUstream stream)                    \
  X(cuGraphExecDestroy, cuGraphExecDestroy, CUgraphExec executable)                           \
  X(cuGraphDestroy, cuGraphDestroy, CUgraph graph)

/// The driver's functions.
typedef struct {
  FLAMBEAU_DRIVER(FLAMBEAU_MEMBER)
} CUDADriver;

/// Looks up the functions in a library; returns null, or the name of a missing one.
const char *_Nullable flambeau_find_driver(void *_Nonnull library, CUDADriver *_Nonnull functions);
