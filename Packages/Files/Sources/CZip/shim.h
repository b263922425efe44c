#if __has_include(<zip.h>)
#include <zip.h>
#else
#error "libzip is missing: install the Debian package libzip-dev, or run ./Scripts/setup"
#endif
