#include <dlfcn.h>

#include "include/CCUDA.h"

#define FIND(function, symbol, ...)                                \
  if (!(*(void **)&functions->function = dlsym(library, #symbol))) return #symbol;

const char *flambeau_find_driver(void *library, CUDADriver *functions) {
  FLAMBEAU_DRIVER(FIND)
  return NULL;
}

const char *flambeau_find_nvrtc(void *library, NVRTC *functions) {
  FLAMBEAU_NVRTC(FIND)
  return NULL;
}

const char *flambeau_find_cublas(void *library, CUBLAS *functions) {
  FLAMBEAU_CUBLAS(FIND)
  return NULL;
}
