#pragma once
#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

// What HDF5 defines as macros, which Swift cannot see.

static inline hid_t hdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t hdf5_native_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t hdf5_native_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t hdf5_native_int16(void) { return H5T_NATIVE_INT16; }
static inline hid_t hdf5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t hdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t hdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t hdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t hdf5_c_string(void) { return H5T_C_S1; }

static inline hid_t hdf5_dataset_creation(void) { return H5P_DATASET_CREATE; }
static inline hid_t hdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t hdf5_default(void) { return H5P_DEFAULT; }
static inline hid_t hdf5_whole_dataspace(void) { return H5S_ALL; }
static inline hid_t hdf5_group_creation(void) { return H5P_GROUP_CREATE; }
static inline hid_t hdf5_file_creation(void) { return H5P_FILE_CREATE; }
static inline unsigned hdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned hdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned hdf5_ordered(void) {
  return H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
}

/// HDF5's boolean enumeration as h5py writes it: 8 bits, FALSE and TRUE.
hid_t hdf5_make_bool(void);

/// IEEE 754's 16-bit floating-point type, which this version of HDF5 does not name.
hid_t hdf5_make_float16(void);

/// Whether a name in a group stands for an object itself, not for a name elsewhere.
bool hdf5_link_is_hard(hid_t group, const char *_Nonnull name);

/// Whether a dataset's data is in its own file.
bool hdf5_data_is_inside(hid_t dataset);

/// Where an object is in its file, by which it can be told from others.
uint64_t hdf5_address(hid_t object);

/// Turns off HDF5's own printing of errors.
void hdf5_silence(void);

/// The innermost message of the last error, at most `size` bytes with the closing zero.
void hdf5_last_error(char *_Nonnull text, size_t size);

/// Whether libhdf5 survives a damaged file: a child process reads it as this package does, for at most
/// so many seconds; all of it, or, if a name is given, the first and last rows of that dataset. What the
/// library says of the file is for the caller to find out. The caller must be the only one that uses the
/// library.
bool hdf5_survives(const char *_Nonnull path, const char *_Nullable name, unsigned seconds);
