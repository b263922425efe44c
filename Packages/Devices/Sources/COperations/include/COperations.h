#pragma once
// What all devices share: the element types, and the operations that kernels implement. Swift's
// enums, the CPU's kernels and those of other devices are made from these tables.

#include "dtypes.h"
#include "elementwise.h"
#include "reductions.h"
#include "steps.h"
