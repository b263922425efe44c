#define ELEMENT bfloat16
#include "kernels.h"
