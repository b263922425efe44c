#pragma once
#include <COperations.h>

// Images are contiguous, [channels, height, width]; columns are [channels, kernel height, kernel width,
// out height, out width], contiguous too. All dtypes but bool.

/// The elements of each window, and 0 outside of the image.
void flambeau_im2col(
    DType dtype, Windows windows, long channels, void *columns, const void *image);

/// The reverse of im2col: each pixel of the image is the sum of its occurrences in the columns.
void flambeau_col2im(
    DType dtype, Windows windows, long channels, void *image, const void *columns);

/// The flat index in its channel of the largest element of each window, or of the first NaN. No window is
/// entirely outside of the image.
void flambeau_argmax_of_windows(
    DType dtype, Windows windows, long channels, int64_t *places, const void *image);

/// How the elements along a dim are sums of those of another dim: element i is the sum over the taps k of
/// weights[k·count + i] · x[places[k·count + i]], except where the place is `size`. Without taps, both dims are the
/// same.
typedef struct {
  long size, count, taps;
  const int32_t *places;
  const double *weights;
} Taps;

/// Resamples contiguous images, [images, rows.size, columns.size], along both dims. Floating point.
void flambeau_resample(
    DType dtype, Taps rows, Taps columns, long images, void *y, const void *x);
