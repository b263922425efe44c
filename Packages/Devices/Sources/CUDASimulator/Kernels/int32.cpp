#define ELEMENT int32
#include "kernels.h"
