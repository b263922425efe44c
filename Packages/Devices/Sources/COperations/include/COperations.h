#pragma once
// What all devices share: element types, storages, and the operations that kernels implement. Swift's
// enums, the CPU's kernels and those of other devices are made from these tables.

#include "dtypes.h"
#include "elementwise.h"
#include "joining.h"
#include "recurrent.h"
#include "ramps.h"
#include "reductions.h"
#include "storage.h"
#include "steps.h"
#include "windows.h"
