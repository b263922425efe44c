#define ELEMENT float32
#include "kernels.h"
