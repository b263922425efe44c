#define ELEMENT float16
#include "kernels.h"
