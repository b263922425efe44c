#pragma once
#if __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#error "HDF5 is missing: install the Debian package libhdf5-dev, or run ./Scripts/setup"
#endif
#include <stdbool.h>
#include <stdint.h>

// What HDF5 defines as macros, which Swift cannot see.

static inline hid_t hdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t hdf5_native_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t hdf5_native_uint32(void) { return H5T_NATIVE_UINT32; }
static inline hid_t hdf5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t hdf5_native_bits8(void) { return H5T_NATIVE_B8; }
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

/// The upper half of a 32-bit floating-point number, which HDF5 does not name.
hid_t hdf5_make_bfloat16(void);

/// The sizes of a floating-point type's exponent and fraction, in bits. False where it is laid out in
/// another way than IEEE 754's types.
bool hdf5_float_layout(hid_t type, size_t *_Nonnull exponent, size_t *_Nonnull fraction);

/// Calls a function for each name in a group, in the order of names, until it says that it is enough.
herr_t hdf5_each_link(
    hid_t group, bool (*_Nonnull body)(const char *_Nonnull name, H5L_type_t type, void *_Nullable context),
    void *_Nullable context);

/// Opens an object in a group; links lead to it within the file only.
hid_t hdf5_open_inside(hid_t group, const char *_Nonnull name);

/// Opens a dataset again, so that rows in the same chunks are unpacked once: the library keeps chunks of
/// so many bytes.
hid_t hdf5_open_cached(hid_t file, const char *_Nonnull name, size_t bytes);

/// How many bytes a chunk of a dataset has, and its sizes; 0 where it has none.
size_t hdf5_chunk(hid_t dataset, hsize_t *_Nonnull sizes, int rank);

/// Whether a dataset's data is in its own file.
bool hdf5_data_is_inside(hid_t dataset);

/// Where a dataset's data is in its file, all in one piece; UINT64_MAX where it is in several or not there.
uint64_t hdf5_data_offset(hid_t dataset);

/// Where an object is in its file, by which it can be told from others.
uint64_t hdf5_address(hid_t object);

/// Turns off HDF5's own printing of errors.
void hdf5_silence(void);

/// The innermost message of the last error, at most `size` bytes with the closing zero.
void hdf5_last_error(char *_Nonnull text, size_t size);

// libhdf5 crashes on some damaged files. So another process goes first, or alone, for at most so many
// seconds. The caller must be the only one that uses the library.

/// Whether libhdf5 survives what this package asks of a file: of all that is in it but the data, at most
/// so many objects and groups in each other; or, if a name is given, of the first and last rows of that
/// dataset too. What the library says of the file is for the caller to find out.
bool hdf5_survives(
    const char *_Nonnull path, const char *_Nullable name, long objects, int depth, unsigned seconds);

/// A dataset to be read whole.
typedef struct {
  hid_t dataset, type;
  size_t size;
  /// The destination; filled if `status` is 0.
  void *_Nonnull memory;
  herr_t status;
} HDF5Reading;

/// Reads datasets in another process, or in this one after another has read the same. False where that one crashes or does not come to an end.
bool hdf5_read_apart(HDF5Reading *_Nonnull readings, size_t count, unsigned seconds);
