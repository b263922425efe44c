#include "include/joining.h"

#include <stdbool.h>

long flambeau_join_dims(
    long operands, long rank, const long *shape, const long *const strides[], long joined_shape[],
    long joined_strides[], long width) {
  long last = -1;
  for (long dim = 0; dim < rank; dim++) {
    if (shape[dim] == 1) continue;
    bool joins = last >= 0;
    for (long k = 0; joins && k < operands; k++) {
      joins = joined_strides[last * width + k] == strides[k][dim] * shape[dim];
    }
    if (joins) {
      joined_shape[last] *= shape[dim];
    } else {
      joined_shape[++last] = shape[dim];
    }
    for (long k = 0; k < operands; k++) joined_strides[last * width + k] = strides[k][dim];
  }
  return last + 1;
}
