#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A PNG file in memory that is being decoded to 8 bits for each channel.
typedef struct PNGPicture PNGPicture;

/// Begins with a file, which must stay until ``flambeau_png_end``. Null without memory.
///
/// Numbers are as they are in the file, of 16 bits the upper 8; or, where that is asked for, for a
/// display with a gamma of 2.2 where the file notes another.
PNGPicture *_Nullable flambeau_png_begin(
    const uint8_t *_Nonnull bytes, size_t count, bool with_gamma);

/// Reads the header.
bool flambeau_png_read_header(PNGPicture *_Nonnull picture);

/// What the header says; the channels are 1 to 4.
size_t flambeau_png_width(const PNGPicture *_Nonnull picture);
size_t flambeau_png_height(const PNGPicture *_Nonnull picture);
size_t flambeau_png_channels(const PNGPicture *_Nonnull picture);

/// Reads the pixels, row by row, after the header.
bool flambeau_png_read_pixels(PNGPicture *_Nonnull picture, uint8_t *_Nonnull pixels);

/// What libpng said where one of these was false.
const char *_Nonnull flambeau_png_message(const PNGPicture *_Nonnull picture);

/// Releases all but the file.
void flambeau_png_end(PNGPicture *_Nonnull picture);
