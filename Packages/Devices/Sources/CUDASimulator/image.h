#pragma once
#include <string>

/// The compiled image of a kernel file: its name and dtype, as text.
std::string make_image(const std::string &file, const std::string &element);
/// Reads the suffix of the names of an image's kernels; returns false if it is not an image.
bool read_image(const char *image, std::string &suffix);
