#if __has_include(<png.h>)
#include <png.h>
#else
#error "libpng is missing: install the Debian package libpng-dev, or run ./Scripts/setup"
#endif
