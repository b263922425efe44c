#pragma once
#include <COperations.h>

/// One step of an optimizer over `count` contiguous elements of a floating-point dtype, in one pass; see
/// OptimizerStep for the formulas. States that the step does not need may be null.
void flambeau_optimize(
    DType dtype, long count, OptimizerStep step, void *_Nonnull p, const void *_Nonnull g,
    void *_Nullable first, void *_Nullable second, void *_Nullable third);
