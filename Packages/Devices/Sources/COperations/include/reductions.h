#pragma once
#include "dtypes.h"

/// How a reduction joins elements.
typedef FLAMBEAU_ENUM(Reduction) {
  FLAMBEAU_CASE(Reduction, sum),
  FLAMBEAU_CASE(Reduction, product),
  FLAMBEAU_CASE(Reduction, maximum),
  FLAMBEAU_CASE(Reduction, minimum),
  FLAMBEAU_CASE(Reduction, indexOfMaximum),
  FLAMBEAU_CASE(Reduction, indexOfMinimum),
} Reduction;
