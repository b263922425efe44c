#define ELEMENT int64
#include "kernels.h"
