#define ELEMENT uint8
#include "kernels.h"
