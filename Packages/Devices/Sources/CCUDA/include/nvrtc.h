#pragma once
#include <stddef.h>

#include "library.h"

// The part of NVIDIA's run-time compiler, libnvrtc, that Flambeau calls.

typedef struct _nvrtcProgram *nvrtcProgram;

enum { NVRTC_SUCCESS = 0, NVRTC_ERROR_COMPILATION = 6 };

#define FLAMBEAU_NVRTC(X)                                                                     \
  X(nvrtcVersion, nvrtcVersion, int *major, int *minor)                                       \
  X(nvrtcCreateProgram, nvrtcCreateProgram, nvrtcProgram *program, const char *source,        \
    const char *name, int header_count, const char *const *headers,                           \
    const char *const *header_names)                                                          \
  X(nvrtcDestroyProgram, nvrtcDestroyProgram, nvrtcProgram *program)                          \
  X(nvrtcCompileProgram, nvrtcCompileProgram, nvrtcProgram program, int option_count,         \
    const char *const *options)                                                               \
  X(nvrtcGetProgramLogSize, nvrtcGetProgramLogSize, nvrtcProgram program, size_t *size)       \
  X(nvrtcGetProgramLog, nvrtcGetProgramLog, nvrtcProgram program, char *log)                  \
  X(nvrtcGetNumSupportedArchs, nvrtcGetNumSupportedArchs, int *count)                         \
  X(nvrtcGetSupportedArchs, nvrtcGetSupportedArchs, int *architectures)                       \
  X(nvrtcGetCUBINSize, nvrtcGetCUBINSize, nvrtcProgram program, size_t *size)                 \
  X(nvrtcGetCUBIN, nvrtcGetCUBIN, nvrtcProgram program, char *image)                          \
  X(nvrtcGetPTXSize, nvrtcGetPTXSize, nvrtcProgram program, size_t *size)                     \
  X(nvrtcGetPTX, nvrtcGetPTX, nvrtcProgram program, char *text)

/// The compiler's functions.
typedef struct {
  FLAMBEAU_NVRTC(FLAMBEAU_MEMBER)
} NVRTC;

/// Looks up the functions in a library; returns null, or the name of a missing one.
const char *_Nullable flambeau_find_nvrtc(void *_Nonnull library, NVRTC *_Nonnull functions);
