#pragma once
#if __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#error "HDF5 is missing: install the Debian package libhdf5-dev, or run ./Scripts/setup"
#endif
#include <stdbool.h>
#include <stdint.h>

// Wrappers of HDF5's macros, which Swift cannot import.

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

/// IEEE 754's 16-bit floating-point type, which this version of HDF5 does not predefine.
hid_t hdf5_make_float16(void);

/// bfloat16, the upper half of a float32, which HDF5 does not predefine.
hid_t hdf5_make_bfloat16(void);

/// The sizes of a floating-point type's exponent and fraction, in bits. False if its layout is not that of
/// IEEE 754's types.
bool hdf5_float_layout(hid_t type, size_t *_Nonnull exponent, size_t *_Nonnull fraction);

/// Calls a function for each link of a group, ordered by name, until it returns false.
herr_t hdf5_each_link(
    hid_t group, bool (*_Nonnull body)(const char *_Nonnull name, H5L_type_t type, void *_Nullable context),
    void *_Nullable context);

/// Opens an object in a group, following links within the file only.
hid_t hdf5_open_inside(hid_t group, const char *_Nonnull name);

/// Opens a dataset with a chunk cache of the given size, so that chunks that rows share are decompressed once.
hid_t hdf5_open_cached(hid_t file, const char *_Nonnull name, size_t bytes);

/// The number of bytes of a dataset's chunks, and their sizes; 0 if it is not chunked.
size_t hdf5_chunk(hid_t dataset, hsize_t *_Nonnull sizes, int rank);

/// Whether a dataset's data is in its own file.
bool hdf5_data_is_inside(hid_t dataset);

/// The offset of a dataset's contiguous data in its file; UINT64_MAX if it is not contiguous or not allocated.
uint64_t hdf5_data_offset(hid_t dataset);

/// The address of an object in its file, which identifies it.
uint64_t hdf5_address(hid_t object);

/// Turns off HDF5's own printing of errors, in this thread.
void hdf5_silence(void);

/// The innermost message of the last error, at most `size` bytes with the terminating zero.
void hdf5_last_error(char *_Nonnull text, size_t size);

// libhdf5 crashes on some damaged files, so a child process reads them first, or instead, within a time limit in
// seconds. The caller must have exclusive access to the library.

/// Whether libhdf5 can read a file without crashing: the metadata of everything in it, up to `objects` objects and
/// `depth` levels of groups; or, if a name is given, the metadata and the first and last rows of that dataset only.
/// Errors that the library reports are not failures here.
bool hdf5_survives(
    const char *_Nonnull path, const char *_Nullable name, long objects, int depth, unsigned seconds);

/// A dataset to be read completely.
typedef struct {
  hid_t dataset, type;
  size_t size;
  /// The destination; filled if `status` is 0.
  void *_Nonnull memory;
  herr_t status;
} HDF5Reading;

/// Reads datasets in a child process, or in this one after a child has read the same. False if the child crashes or
/// exceeds the time limit.
bool hdf5_read_apart(HDF5Reading *_Nonnull readings, size_t count, unsigned seconds);
