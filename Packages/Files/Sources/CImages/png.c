// libpng reports errors by longjmp, which must not cross Swift code.

#include "include/CImages.h"

#if __has_include(<png.h>)
#include <png.h>
#else
#error "libpng is missing: install the Debian package libpng-dev, or run ./Scripts/setup"
#endif

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct PNGPicture {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, position;
  bool with_gamma;
  char message[128];
};

static void fail(png_structp png, png_const_charp message) {
  PNGPicture *picture = png_get_error_ptr(png);
  strncpy(picture->message, message, sizeof(picture->message) - 1);
  png_longjmp(png, 1);
}

static void warn(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void take(png_structp png, png_bytep target, size_t count) {
  PNGPicture *picture = png_get_io_ptr(png);
  if (count > picture->count - picture->position) png_error(png, "the file is truncated");
  memcpy(target, picture->bytes + picture->position, count);
  picture->position += count;
}

PNGPicture *flambeau_png_begin(const uint8_t *bytes, size_t count, bool with_gamma) {
  PNGPicture *picture = calloc(1, sizeof(PNGPicture));
  if (!picture) return NULL;
  picture->bytes = bytes;
  picture->count = count;
  picture->with_gamma = with_gamma;
  picture->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, picture, fail, warn);
  picture->info = picture->png ? png_create_info_struct(picture->png) : NULL;
  if (!picture->info) {
    flambeau_png_end(picture);
    return NULL;
  }
  return picture;
}

bool flambeau_png_read_header(PNGPicture *picture) {
  png_structp png = picture->png;
  png_infop info = picture->info;
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_read_fn(png, picture, take);
  // Metadata is skipped: profiles that libpng considers invalid, and texts that decompress to large ones.
  static const png_byte passed_over[] = "iCCP\0sPLT\0tEXt\0zTXt\0iTXt\0hIST\0eXIf\0pCAL\0sCAL\0cHRM";
  png_set_keep_unknown_chunks(
      png, PNG_HANDLE_CHUNK_NEVER, passed_over, sizeof(passed_over) / 5);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_strip_16(png);
  double gamma;
  if (picture->with_gamma && png_get_gAMA(png, info, &gamma)) png_set_gamma(png, 2.2, gamma);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  return true;
}

size_t flambeau_png_width(const PNGPicture *picture) {
  return png_get_image_width(picture->png, picture->info);
}

size_t flambeau_png_height(const PNGPicture *picture) {
  return png_get_image_height(picture->png, picture->info);
}

size_t flambeau_png_channels(const PNGPicture *picture) {
  return png_get_channels(picture->png, picture->info);
}

bool flambeau_png_read_pixels(PNGPicture *picture, uint8_t *pixels) {
  png_structp png = picture->png;
  if (setjmp(png_jmpbuf(png))) return false;
  size_t height = flambeau_png_height(picture), row = png_get_rowbytes(png, picture->info);
  int passes = png_get_interlace_type(png, picture->info) == PNG_INTERLACE_ADAM7 ? 7 : 1;
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < height; y++) png_read_row(png, pixels + y * row, NULL);
  }
  return true;
}

const char *flambeau_png_message(const PNGPicture *picture) { return picture->message; }

void flambeau_png_end(PNGPicture *picture) {
  png_destroy_read_struct(&picture->png, &picture->info, NULL);
  free(picture);
}
