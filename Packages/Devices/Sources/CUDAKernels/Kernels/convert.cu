// y = x, where x has the dtype OPERATION and y the dtype ELEMENT.

#include "maps.cuh"

#define CONVERSION(name, E, ...)                       \
  struct Convert_##name {                              \
    typedef E Element;                                 \
    S operator()(E element) const {         \
      return STORE((T)FLAMBEAU_LOAD_##name(element));  \
    }                                                  \
  };
FLAMBEAU_DTYPES(CONVERSION)

#define CONVERSION_KERNEL(name, ...)                   \
  KERNEL(convert_##name, const Walk walk) {            \
    map<S, Convert_##name::Element>(walk, Convert_##name()); \
  }
KERNELS_OF(FLAMBEAU_DTYPES, CONVERSION_KERNEL)
