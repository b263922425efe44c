#if __has_include(<zlib.h>)
#include <zlib.h>
#else
#error "zlib is missing: install the Debian package zlib1g-dev, or run ./Scripts/setup"
#endif
