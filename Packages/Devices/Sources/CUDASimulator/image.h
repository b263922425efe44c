#pragma once
#include <string>

/// What the simulator's compiler makes of a file of kernels: which element type it is for.
std::string make_image(const std::string &file, const std::string &element);
/// The end of the names of the kernels of an image; false where it is none.
bool read_image(const char *image, std::string &suffix);
