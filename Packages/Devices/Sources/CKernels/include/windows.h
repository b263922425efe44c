#pragma once
#include <COperations.h>

// Images are contiguous, [channels, height, width]; columns are [channels, kernel height, kernel width,
// out height, out width], contiguous too. All types but bool.

/// The elements of each window, and 0 for what lies outside of the image.
void flambeau_im2col(
    DType dtype, Windows windows, long channels, void *columns, const void *image);

/// The sum of all that windows hold of each place of the image.
void flambeau_col2im(
    DType dtype, Windows windows, long channels, void *image, const void *columns);

/// The place in its channel of the largest element of each window, or of the first NaN. No window lies
/// outside of the image.
void flambeau_argmax_of_windows(
    DType dtype, Windows windows, long channels, int64_t *places, const void *image);
