#ifdef __linux__
#define _GNU_SOURCE
#include <fcntl.h>
#endif

#include "include/CFiles.h"

void flambeau_begin_flush(int descriptor, int64_t offset, int64_t count) {
#ifdef __linux__
  (void)sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
#endif
}
