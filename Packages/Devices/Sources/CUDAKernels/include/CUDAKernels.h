#pragma once
// The kernels for NVIDIA's GPUs: their source, and what they are given.

#include "launches.h"

/// The names and the text of all files that kernels are made of, those with kernels (.cu) and those that
/// they include; null comes last.
const char *_Nullable const *_Nonnull flambeau_kernel_file_names(void);
const char *_Nullable const *_Nonnull flambeau_kernel_file_texts(void);

/// A walk over views of one shape, with an array of strides for each operand. Returns false where their dims
/// cannot be joined to LAUNCH_MAX_RANK.
bool flambeau_make_walk(
    Walk *_Nonnull walk, long operands, long rank, const long *_Nonnull shape,
    const long *_Nonnull const *_Nonnull strides);

/// The dims of one view, joined.
bool flambeau_make_extents(
    Extents *_Nonnull extents, long rank, const long *_Nonnull shape, const long *_Nonnull strides);
