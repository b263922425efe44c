#pragma once
// The CPU kernels. They know nothing of Swift: element types and operations are enums, a view is a
// pointer with a stride (in elements) for each dim.

#include "blas_core.h"
#include "memory.h"
#include "optimizers.h"
#include "parallel.h"
#include "random.h"
#include "views.h"
#include "windows.h"
