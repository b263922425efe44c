#define ELEMENT float64
#include "kernels.h"
