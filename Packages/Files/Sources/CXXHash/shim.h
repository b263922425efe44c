#if __has_include(<xxhash.h>)
#include <xxhash.h>
#else
#error "xxHash is missing: install the Debian package libxxhash-dev, or run ./Scripts/setup"
#endif
