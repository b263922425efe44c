#if __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#error "HDF5 is missing: install the Debian package libhdf5-dev, or run ./Scripts/setup"
#endif
