// im2col and col2im, and the index of the largest element of each window.

#include "groups.cuh"

KERNEL(im2col, const Windows w, int64_t channels, S *columns, const S *image) {
  int64_t windows = w.out_height * w.out_width, places = w.kernel_height * w.kernel_width;
  for (int64_t i = first_index(); i < channels * places * windows; i += index_step()) {
    int64_t channel = i / (places * windows), place = i / windows % places, window = i % windows;
    int64_t y = window / w.out_width * w.stride_height - w.padding_height +
                place / w.kernel_width * w.dilation_height;
    int64_t x = window % w.out_width * w.stride_width - w.padding_width +
                place % w.kernel_width * w.dilation_width;
    bool is_inside = y >= 0 && y < w.height && x >= 0 && x < w.width;
    columns[i] = is_inside ? image[(channel * w.height + y) * w.width + x] : STORE(0);
  }
}

/// The window with a kernel position at a position of the image, along one dim; -1 if there is none.
inline int64_t window_at(
    int64_t place, int64_t in_kernel, int64_t stride, int64_t padding, int64_t dilation,
    int64_t count) {
  int64_t start = place + padding - in_kernel * dilation;
  if (start < 0 || start % stride != 0 || start / stride >= count) return -1;
  return start / stride;
}

KERNEL(col2im, const Windows w, int64_t channels, S *image, const S *columns) {
  int64_t windows = w.out_height * w.out_width, places = w.kernel_height * w.kernel_width;
  for (int64_t i = first_index(); i < channels * w.height * w.width; i += index_step()) {
    int64_t channel = i / (w.height * w.width), y = i / w.width % w.height, x = i % w.width;
    T total = 0;
    for (int64_t place = 0; place < places; place++) {
      int64_t down = window_at(
          y, place / w.kernel_width, w.stride_height, w.padding_height, w.dilation_height,
          w.out_height);
      int64_t right = window_at(
          x, place % w.kernel_width, w.stride_width, w.padding_width, w.dilation_width,
          w.out_width);
      if (down < 0 || right < 0) continue;
      total += LOAD(columns[(channel * places + place) * windows + down * w.out_width + right]);
    }
    image[i] = STORE(total);
  }
}

// The index of the largest element, or of the first NaN.
KERNEL(argmax_of_windows, const Windows w, int64_t channels, int64_t *places, const S *image) {
  for (int64_t i = first_index(); i < channels * w.out_height * w.out_width; i += index_step()) {
    const S *channel = image + i / (w.out_height * w.out_width) * w.height * w.width;
    int64_t top = i / w.out_width % w.out_height * w.stride_height - w.padding_height;
    int64_t left = i % w.out_width * w.stride_width - w.padding_width;
    int64_t best = -1;
    T largest = 0;
    for (int64_t row = 0; row < w.kernel_height; row++) {
      int64_t y = top + row * w.dilation_height;
      if (y < 0 || y >= w.height) continue;
      for (int64_t column = 0; column < w.kernel_width; column++) {
        int64_t x = left + column * w.dilation_width;
        if (x < 0 || x >= w.width) continue;
        T here = LOAD(channel[y * w.width + x]);
        if (best < 0 || here > largest || (is_nan(here) && !is_nan(largest))) {
          best = y * w.width + x;
          largest = here;
        }
      }
    }
    places[i] = best;
  }
}
