#pragma once

/// Leaves out dims of size 1 and joins those that lie without gaps in all operands; returns how many are left.
///
/// The stride of operand k in a dim that is left is joined_strides[dim * width + k].
long flambeau_join_dims(
    long operands, long rank, const long *shape, const long *const strides[], long joined_shape[],
    long joined_strides[], long width);
