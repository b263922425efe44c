#pragma once
// The CPU kernels. They are independent of Swift: dtypes and operations are enums, and a view is a
// pointer with a stride (in elements) for each dim.

#include "attention.h"
#include "blas_core.h"
#include "fusion.h"
#include "memory.h"
#include "optimizers.h"
#include "parallel.h"
#include "random.h"
#include "small_matrices.h"
#include "views.h"
#include "windows.h"
