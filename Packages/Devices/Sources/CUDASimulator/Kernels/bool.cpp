#define ELEMENT bool
#include "kernels.h"
