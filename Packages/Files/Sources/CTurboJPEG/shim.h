#if __has_include(<turbojpeg.h>)
#include <turbojpeg.h>
#else
#error "libjpeg-turbo is missing: install the Debian package libturbojpeg0-dev, or run ./Scripts/setup"
#endif
