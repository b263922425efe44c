#pragma once

/// Where windows lie over the last two dims of an input: how large it and a window are, the
/// stride, the dilation, and the padding.
typedef struct {
  long height, width;
  long kernel_height, kernel_width;
  long stride_height, stride_width;
  long padding_height, padding_width;
  long dilation_height, dilation_width;
  /// How many windows there are.
  long out_height, out_width;
} Windows;
