#define ELEMENT int8
#include "kernels.h"
