// Convolutions as matrix products whose operands are read from the images on the fly (implicit GEMM; Chetlur
// et al., 2014). Images are [image, channel, height, width], weights [out channel, channel of the group, kernel height,
// kernel width].

#include "groups.cuh"
#include "tiles.cuh"

#if IS_FLOAT
/// A pixel of an image [height, width], or 0 outside of it.
inline T pixel(const Windows &w, const S *image, int64_t y, int64_t x) {
  bool is_inside = y >= 0 && y < w.height && x >= 0 && x < w.width;
  return is_inside ? LOAD(image[y * w.width + x]) : 0;
}

/// The pixel of window j at kernel position p.
inline T pixel_of_window(const Windows &w, const S *image, int64_t p, int64_t j) {
  return pixel(
      w, image,
      j / w.out_width * w.stride_height - w.padding_height + p / w.kernel_width * w.dilation_height,
      j % w.out_width * w.stride_width - w.padding_width + p % w.kernel_width * w.dilation_width);
}

struct Sizes {
  int64_t kernel, pixels, windows;
  Sizes(const Windows &w)
      : kernel(w.kernel_height * w.kernel_width), pixels(w.height * w.width),
        windows(w.out_height * w.out_width) {}
};

// y[o, window] = Σ weight[o, (c, p)] · x[(c, p), window] over channels c and kernel positions p, for all windows.
KERNEL(convolve, const ConvolutionLaunch launch) {
  __shared__ Tiles tiles;
  const Windows &w = launch.windows;
  const Sizes sizes(w);
  int64_t m = launch.outputs, n = launch.images * sizes.windows, k = launch.inputs * sizes.kernel;
  each_tile(launch.groups, m, n, [&](int64_t group, int64_t row, int64_t column) {
    const S *x = (const S *)launch.left, *weight = (const S *)launch.right + group * m * k;
    S *y = (S *)launch.result;
    multiply_tile(
        tiles, m, n, 0, k, row, column,
        [=](int64_t o, int64_t p) { return LOAD(weight[o * k + p]); },
        [=](int64_t p, int64_t j) {
          int64_t image = j / sizes.windows, channel = p / sizes.kernel;
          channel += (image * launch.groups + group) * launch.inputs;
          return pixel_of_window(
              launch.windows, x + channel * sizes.pixels, p % sizes.kernel, j % sizes.windows);
        },
        [=](int64_t o, int64_t j, T sum) {
          int64_t image = j / sizes.windows, channel = (image * launch.groups + group) * m + o;
          S *result = y + channel * sizes.windows + j % sizes.windows;
          *result = STORE(launch.accumulates ? LOAD(*result) + sum : sum);
        });
  });
}

// dx[c, pixel] = Σ weight[(o, p), c] · g[(o, p), pixel], where g is that of the window with kernel position p at the
// pixel, or 0 if there is none.
KERNEL(convolve_gradient_of_input, const ConvolutionLaunch launch) {
  __shared__ Tiles tiles;
  const Windows &w = launch.windows;
  const Sizes sizes(w);
  int64_t m = launch.inputs, n = launch.images * sizes.pixels, k = launch.outputs * sizes.kernel;
  each_tile(launch.groups, m, n, [&](int64_t group, int64_t row, int64_t column) {
    const S *g = (const S *)launch.left;
    const S *weight = (const S *)launch.right + group * launch.outputs * m * sizes.kernel;
    S *dx = (S *)launch.result;
    multiply_tile(
        tiles, m, n, 0, k, row, column,
        [=](int64_t c, int64_t p) {
          return LOAD(weight[(p / sizes.kernel * m + c) * sizes.kernel + p % sizes.kernel]);
        },
        [=](int64_t p, int64_t j) {
          const Windows &w = launch.windows;
          int64_t image = j / sizes.pixels, at = j % sizes.pixels, place = p % sizes.kernel;
          int64_t y = at / w.width + w.padding_height - place / w.kernel_width * w.dilation_height;
          int64_t x = at % w.width + w.padding_width - place % w.kernel_width * w.dilation_width;
          bool is_window = y >= 0 && x >= 0 && y % w.stride_height == 0 && x % w.stride_width == 0;
          y /= w.stride_height;
          x /= w.stride_width;
          if (!is_window || y >= w.out_height || x >= w.out_width) return (T)0;
          int64_t channel = (image * launch.groups + group) * launch.outputs + p / sizes.kernel;
          return LOAD(g[channel * sizes.windows + y * w.out_width + x]);
        },
        [=](int64_t c, int64_t j, T sum) {
          int64_t channel = (j / sizes.pixels * launch.groups + group) * m + c;
          dx[channel * sizes.pixels + j % sizes.pixels] = STORE(sum);
        });
  });
}

// dw[o, (c, p)] = Σ g[o, window] · x[(c, p), window] over the windows of all images, in parts.
KERNEL(convolve_gradient_of_weight, const ConvolutionLaunch launch) {
  __shared__ Tiles tiles;
  const Windows &w = launch.windows;
  const Sizes sizes(w);
  int64_t m = launch.outputs, n = launch.inputs * sizes.kernel, k = launch.images * sizes.windows;
  int64_t length = (k + launch.parts - 1) / launch.parts, begin = blockIdx.y * length;
  int64_t end = begin + length < k ? begin + length : k;
  each_tile(launch.groups, m, n, [&](int64_t group, int64_t row, int64_t column) {
    const S *x = (const S *)launch.left, *g = (const S *)launch.right;
    T *partial = (T *)launch.partial + (blockIdx.y * launch.groups + group) * m * n;
    multiply_tile(
        tiles, m, n, begin, end, row, column,
        [=](int64_t o, int64_t p) {
          int64_t image = p / sizes.windows, channel = (image * launch.groups + group) * m + o;
          return LOAD(g[channel * sizes.windows + p % sizes.windows]);
        },
        [=](int64_t p, int64_t j) {
          int64_t image = p / sizes.windows, channel = j / sizes.kernel;
          channel += (image * launch.groups + group) * launch.inputs;
          return pixel_of_window(
              launch.windows, x + channel * sizes.pixels, j % sizes.kernel, p % sizes.windows);
        },
        [=](int64_t o, int64_t j, T sum) { partial[o * n + j] = sum; });
  });
}

// The sum of the parts.
KERNEL(join_weight_parts, int64_t n, int64_t parts, S *dw, const T *partial) {
  for (int64_t i = first_index(); i < n; i += index_step()) {
    T total = 0;
    for (int64_t part = 0; part < parts; part++) total += partial[part * n + i];
    dw[i] = STORE(total);
  }
}
#endif
