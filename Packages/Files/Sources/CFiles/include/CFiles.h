#pragma once

#include <stdint.h>

/// Starts writing a part of a file to the disk, without waiting for it, where the system supports that.
void flambeau_begin_flush(int descriptor, int64_t offset, int64_t count);
