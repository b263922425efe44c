// im2col and col2im, the basis of convolutions and pooling, and the index of the largest element of each window.

#include "include/windows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "row_bodies.h"
#include "vectorized.h"

typedef struct {
  Windows w;
  void *y;
  const void *x;
} Work;

// The range first ..< last of windows along one dim whose element at a kernel position is inside of the input.
static void inside(
    long size, long count, long stride, long padding, long place, long *first, long *last) {
  long begin = padding - place, end = size + padding - place;
  *first = begin <= 0 ? 0 : (begin + stride - 1) / stride;
  *last = end <= 0 ? 0 : (end + stride - 1) / stride;
  if (*last > count) *last = count;
  if (*first > *last) *first = *last;
}

// With stride 1 and as many windows as pixels in a row, the columns of a kernel position are the image, shifted, with
// rows and columns of zeros at the edges.
static bool is_moved_image(const Windows *w) {
  return w->stride_height == 1 && w->stride_width == 1 && w->out_width == w->width;
}

#define MOVED(dtype, S, ...)                                                               \
  static void moved_image_##dtype(                                                         \
      const Windows *w, long place, S *to, const S *image, S fill) {                       \
    long down = place / w->kernel_width * w->dilation_height - w->padding_height;          \
    long right = place % w->kernel_width * w->dilation_width - w->padding_width;           \
    long top, bottom, first, last, width = w->width;                                       \
    inside(w->height, w->out_height, 1, 0, down, &top, &bottom);                           \
    inside(width, width, 1, 0, right, &first, &last);                                      \
    long begin = top * width + first, end = bottom * width - (width - last);               \
    if (top == bottom || first == last) begin = end = 0;                                   \
    for (long i = 0; i < begin; i++) to[i] = fill;                                         \
    memcpy(to + begin, image + begin + down * width + right, (end - begin) * sizeof(S));   \
    for (long i = end; i < w->out_height * width; i++) to[i] = fill;                       \
    if (begin == end) return;                                                              \
    for (long row = top; row < bottom; row++) {                                            \
      for (long j = 0; j < first; j++) to[row * width + j] = fill;                         \
      for (long j = last; j < width; j++) to[row * width + j] = fill;                      \
    }                                                                                      \
  }
FLAMBEAU_NUMBER_DTYPES(MOVED)

// Runs BODY for each kernel position and row of windows. `column` is the offset of the row of windows in the columns,
// and `offset + j * step` that of window j's element in the image. The element is inside of the image if `is_inside`,
// which is about the row, and j is in first ..< last.
#define EACH_ROW(S, IMAGE, COLUMNS, BODY)                                                  \
  const Windows *w = &work->w;                                                             \
  long places = w->kernel_height * w->kernel_width, count = w->out_height * w->out_width;  \
  for (long channel = begin; channel < end; channel++) {                                   \
    for (long place = 0; place < places; place++) {                                        \
      long down = place / w->kernel_width * w->dilation_height;                            \
      long right = place % w->kernel_width * w->dilation_width;                            \
      long first, last, step = w->stride_width;                                            \
      inside(w->width, w->out_width, step, w->padding_width, right, &first, &last);        \
      for (long i = 0; i < w->out_height; i++) {                                           \
        long y = i * w->stride_height - w->padding_height + down;                          \
        bool is_inside = y >= 0 && y < w->height;                                          \
        long offset = (channel * w->height + y) * w->width - w->padding_width + right;     \
        long column = (channel * places + place) * count + i * w->out_width;               \
        BODY                                                                               \
      }                                                                                    \
    }                                                                                      \
  }

#define WINDOWS(dtype, S, ...)                                                             \
  static void columns_##dtype(void *context, long begin, long end) {                      \
    const Work *work = context;                                                            \
    const S *image = work->x;                                                              \
    S *columns = work->y, fill = FLAMBEAU_STORE_##dtype(0);                       \
    if (is_moved_image(&work->w)) {                                                        \
      long places = work->w.kernel_height * work->w.kernel_width;                          \
      long count = work->w.out_height * work->w.out_width;                                 \
      for (long i = begin * places; i < end * places; i++) {                               \
        const S *channel = image + i / places * work->w.height * work->w.width;            \
        moved_image_##dtype(&work->w, i % places, columns + i * count, channel, fill);     \
      }                                                                                    \
      return;                                                                              \
    }                                                                                      \
    EACH_ROW(S, image, columns, {                                                          \
      S *to = columns + column;                                                            \
      long j = 0;                                                                          \
      if (!is_inside) first = last = 0;                                                    \
      for (; j < first; j++) to[j] = fill;                                                 \
      if (step == 1) {                                                                     \
        memcpy(to + first, image + offset + first, (last - first) * sizeof(S));            \
        j = last;                                                                          \
      } else {                                                                             \
        for (; j < last; j++) to[j] = image[offset + j * step];                            \
      }                                                                                    \
      for (; j < w->out_width; j++) to[j] = fill;                                          \
      inside(w->width, w->out_width, step, w->padding_width, right, &first, &last);        \
    })                                                                                     \
  }                                                                                        \
  static void image_##dtype(void *context, long begin, long end) {                         \
    const Work *work = context;                                                            \
    const S *columns = work->x;                                                            \
    S *image = work->y;                                                                    \
    for (long i = begin * work->w.height * work->w.width;                                  \
         i < end * work->w.height * work->w.width; i++) {                                  \
      image[i] = FLAMBEAU_STORE_##dtype(0);                                                \
    }                                                                                      \
    EACH_ROW(S, image, columns, {                                                          \
      if (!is_inside) continue;                                                            \
      for (long j = first; j < last; j++) {                                                \
        S *place_of_image = image + offset + j * step;                                     \
        *place_of_image = FLAMBEAU_STORE_##dtype(                                          \
            FLAMBEAU_LOAD_##dtype(*place_of_image) + FLAMBEAU_LOAD_##dtype(columns[column + j])); \
      }                                                                                    \
    })                                                                                     \
  }
FLAMBEAU_NUMBER_DTYPES(WINDOWS)

// The index of the first largest element of each window, or of the first NaN: for some rows of windows at a time, one
// kernel position after the other. Their elements at a position are first picked from the image, where they may be far
// apart, so that comparing them is vectorized.
enum { PICKED = 2048 };

// The first kernel position inside of the image along one dim, for a window that begins at `start`.
static inline long first_inside(long start, long dilation) {
  return start < 0 ? (dilation - 1 - start) / dilation : 0;
}

// The offset of each kernel position from the first one, in the image.
static long *place_offsets(const Windows *w) {
  long count = w->kernel_height * w->kernel_width;
  long *offsets = malloc(count * sizeof(long));
  for (long place = 0; place < count; place++) {
    offsets[place] = place / w->kernel_width * w->dilation_height * w->width +
                     place % w->kernel_width * w->dilation_width;
  }
  return offsets;
}

VECTORIZED static void write_places(
    long n, int64_t *places, const int32_t *where, const long *offsets, long first, long step) {
  INDEPENDENT for (long j = 0; j < n; j++) places[j] = first + j * step + offsets[where[j]];
}

#define PICK_EACH(dtype, step) \
  for (; j < end; j++) picked[j] = FLAMBEAU_LOAD_##dtype(x[j * step]);
#define MAXIMA(dtype, S, C, ...)                                                           \
  VECTORIZED static void better_##dtype(                                                   \
      long n, C *best, int32_t *where, const C *picked, int32_t place) {                   \
    INDEPENDENT for (long j = 0; j < n; j++) {                                             \
      C here = picked[j], now = best[j];                                                   \
      bool wins = (here > now) | ((here != here) & (now == now));                          \
      best[j] = wins ? here : now;                                                         \
      where[j] = wins ? place : where[j];                                                  \
    }                                                                                      \
  }                                                                                        \
  /* Outside of the image, the best ones so far, which do not win against themselves. */   \
  VECTORIZED static void pick_##dtype(                                                     \
      const Windows *w, const S *image, long row, long rows, long place, const C *best,    \
      C *picked) {                                                                         \
    long n = w->out_width, step = w->stride_width, first, last;                            \
    long right = place % w->kernel_width * w->dilation_width;                              \
    inside(w->width, n, step, w->padding_width, right, &first, &last);                     \
    for (long i = 0; i < rows; i++, picked += n, best += n) {                              \
      long y = (row + i) * w->stride_height - w->padding_height +                          \
               place / w->kernel_width * w->dilation_height;                               \
      bool is_inside = y >= 0 && y < w->height;                                            \
      const S *x = image + (is_inside ? y * w->width - w->padding_width + right : 0);      \
      long end = is_inside ? last : 0, j = is_inside ? first : 0;                          \
      for (long k = 0; k < j; k++) picked[k] = best[k];                                    \
      if (step == 1) {                                                                     \
        PICK_EACH(dtype, 1)                                                                \
      } else if (step == 2) {                                                              \
        PICK_EACH(dtype, 2)                                                                \
      } else {                                                                             \
        PICK_EACH(dtype, step)                                                             \
      }                                                                                    \
      for (; j < n; j++) picked[j] = best[j];                                              \
    }                                                                                      \
  }                                                                                        \
  /* The first elements that are inside of the image, in the columns too. */               \
  VECTORIZED static void start_##dtype(                                                    \
      const Windows *w, const S *x, long place, C *best, int32_t *where) {                 \
    long n = w->out_width, step = w->stride_width, left = -w->padding_width, j = 0;        \
    for (; j < n && left < 0; j++, left += step) {                                         \
      long right = first_inside(left, w->dilation_width);                                  \
      best[j] = FLAMBEAU_LOAD_##dtype(x[left + right * w->dilation_width]);                \
      where[j] = (int32_t)(place + right);                                                 \
    }                                                                                      \
    x += left - j * step;                                                                  \
    for (long k = j; k < n; k++) {                                                         \
      best[k] = FLAMBEAU_LOAD_##dtype(x[k * step]);                                        \
      where[k] = (int32_t)place;                                                           \
    }                                                                                      \
  }                                                                                        \
  static void maxima_of_rows_##dtype(                                                      \
      const Windows *w, const S *image, long row, long rows, int64_t *places,               \
      const long *offsets, C *best, C *picked, int32_t *where) {                                                         \
    long n = w->out_width;                                                                 \
    for (long i = 0; i < rows; i++) {                                                      \
      long top = (row + i) * w->stride_height - w->padding_height;                         \
      long down = first_inside(top, w->dilation_height);                                   \
      const S *x = image + (top + down * w->dilation_height) * w->width;                   \
      start_##dtype(w, x, down * w->kernel_width, best + i * n, where + i * n);            \
    }                                                                                      \
    for (long place = 0; place < w->kernel_height * w->kernel_width; place++) {            \
      pick_##dtype(w, image, row, rows, place, best, picked);                              \
      better_##dtype(rows * n, best, where, picked, (int32_t)place);                       \
    }                                                                                      \
    for (long i = 0; i < rows; i++) {                                                      \
      long top = (row + i) * w->stride_height - w->padding_height;                         \
      long first = top * w->width - w->padding_width, step = w->stride_width;              \
      write_places(n, places + i * n, where + i * n, offsets, first, step);                \
    }                                                                                      \
  }                                                                                        \
  static void maxima_##dtype(void *context, long begin, long end) {                        \
    const Work *work = context;                                                            \
    const Windows *w = &work->w;                                                           \
    long n = w->out_width, height = w->out_height, most = PICKED / n + 1;                  \
    C *best = malloc(2 * most * n * sizeof(C));                                            \
    int32_t *where = malloc(most * n * sizeof(int32_t));                                   \
    long *offsets = place_offsets(w);                                                      \
    for (long channel = begin; channel < end; channel++) {                                 \
      const S *image = (const S *)work->x + channel * w->height * w->width;                \
      for (long row = 0; row < height; row += most) {                                      \
        long rows = height - row < most ? height - row : most;                             \
        int64_t *places = (int64_t *)work->y + (channel * height + row) * n;               \
        maxima_of_rows_##dtype(                                                            \
            w, image, row, rows, places, offsets, best, best + most * n, where);           \
      }                                                                                    \
    }                                                                                      \
    free(best);                                                                            \
    free(where);                                                                           \
    free(offsets);                                                                         \
  }
FLAMBEAU_NUMBER_DTYPES(MAXIMA)

// The number of elements in all windows of a channel.
static long elements(const Windows *w) {
  return w->kernel_height * w->kernel_width * w->out_height * w->out_width;
}

void flambeau_im2col(
    DType dtype, Windows windows, long channels, void *columns, const void *image) {
  Work work = {windows, columns, image};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = NUMBER_ROW_BODIES(columns);
  share_rows(bodies, dtype, channels, elements(&windows), &work);
}

void flambeau_col2im(
    DType dtype, Windows windows, long channels, void *image, const void *columns) {
  Work work = {windows, image, columns};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = NUMBER_ROW_BODIES(image);
  share_rows(bodies, dtype, channels, elements(&windows), &work);
}

void flambeau_argmax_of_windows(
    DType dtype, Windows windows, long channels, int64_t *places, const void *image) {
  Work work = {windows, places, image};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = NUMBER_ROW_BODIES(maxima);
  share_rows(bodies, dtype, channels, elements(&windows), &work);
}
