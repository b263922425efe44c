#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A decoder of a PNG file in memory, to 8 bits per channel.
typedef struct PNGPicture PNGPicture;

/// Starts decoding a file, whose bytes must stay valid until ``flambeau_png_end``. Null if memory is exhausted.
///
/// Values are those of the file, of 16 bits the upper 8; `with_gamma` converts them for a display gamma of 2.2 if
/// the file declares its gamma.
PNGPicture *_Nullable flambeau_png_begin(
    const uint8_t *_Nonnull bytes, size_t count, bool with_gamma);

/// Reads the header.
bool flambeau_png_read_header(PNGPicture *_Nonnull picture);

/// The sizes of the image; there are 1 to 4 channels.
size_t flambeau_png_width(const PNGPicture *_Nonnull picture);
size_t flambeau_png_height(const PNGPicture *_Nonnull picture);
size_t flambeau_png_channels(const PNGPicture *_Nonnull picture);

/// Reads the pixels, row by row, after the header.
bool flambeau_png_read_pixels(PNGPicture *_Nonnull picture, uint8_t *_Nonnull pixels);

/// libpng's message, after one of these functions has returned false.
const char *_Nonnull flambeau_png_message(const PNGPicture *_Nonnull picture);

/// Releases the decoder, but not the file's bytes.
void flambeau_png_end(PNGPicture *_Nonnull picture);
