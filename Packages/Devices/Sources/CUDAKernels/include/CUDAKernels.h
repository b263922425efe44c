#pragma once
// The kernels for NVIDIA's GPUs: their sources and their parameters.

#include "launches.h"

/// The names and texts of all source files, those with kernels (.cu) and those that they include;
/// null-terminated.
const char *_Nullable const *_Nonnull flambeau_kernel_file_names(void);
const char *_Nullable const *_Nonnull flambeau_kernel_file_texts(void);

/// Creates a walk over views of the same shape, given an array of strides for each operand. Returns false if their
/// dims cannot be merged into LAUNCH_MAX_RANK.
bool flambeau_make_walk(
    Walk *_Nonnull walk, long operands, long rank, const long *_Nonnull shape,
    const long *_Nonnull const *_Nonnull strides);

/// Creates the merged dims of one view, with the same result.
bool flambeau_make_extents(
    Extents *_Nonnull extents, long rank, const long *_Nonnull shape, const long *_Nonnull strides);
