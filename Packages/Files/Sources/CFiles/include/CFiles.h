#pragma once

#include <stdint.h>

/// Lets the disk begin with a part of a file, without waiting for it, where the system can do that.
void flambeau_begin_flush(int descriptor, int64_t offset, int64_t count);
