#pragma once

/// Drops dims of size 1 and merges adjacent dims that have no gap between them in any operand; returns the number of
/// remaining dims.
///
/// The stride of operand k in a remaining dim is joined_strides[dim * width + k].
long flambeau_join_dims(
    long operands, long rank, const long *shape, const long *const strides[], long joined_shape[],
    long joined_strides[], long width);
