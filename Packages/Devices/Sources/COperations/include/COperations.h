#pragma once
// Shared by all devices: dtypes, storages, and the operations that kernels implement. Swift's enums and the kernels
// of all devices are generated from these tables.

#include "dtypes.h"
#include "elementwise.h"
#include "joining.h"
#include "recurrent.h"
#include "ramps.h"
#include "reductions.h"
#include "storage.h"
#include "steps.h"
#include "windows.h"
