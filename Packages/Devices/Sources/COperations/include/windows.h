#pragma once

/// Sliding windows over the last two dims of an input: the sizes of the input and of the kernel, the stride, the
/// padding and the dilation.
typedef struct {
  long height, width;
  long kernel_height, kernel_width;
  long stride_height, stride_width;
  long padding_height, padding_width;
  long dilation_height, dilation_width;
  /// The number of windows along each dim.
  long out_height, out_width;
} Windows;
