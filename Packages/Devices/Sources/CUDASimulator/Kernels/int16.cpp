#define ELEMENT int16
#include "kernels.h"
