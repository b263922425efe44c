// Code that runs in a child process, which may crash. It makes the calls that this repository's readers make, with
// files that may be damaged.

#include "include/CHDF5.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// A buffer for rows and attributes.
static char memory[1 << 24];
static long objects_left;
static int depth_limit;

static void try_attribute(hid_t object, const char *name, bool is_number) {
  if (H5Aexists(object, name) <= 0) return;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  if (is_number && H5Tget_class(type) == H5T_INTEGER && H5Sget_simple_extent_npoints(space) == 1) {
    H5Aread(attribute, H5T_NATIVE_INT64, memory);
  } else if (
      !is_number && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
      H5Tget_size(type) <= 1 << 16 && H5Aget_storage_size(attribute) == H5Tget_size(type)) {
    H5Aread(attribute, type, memory);
  }
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
}

/// Reads the first and the last few rows of a dataset, or all rows.
static herr_t try_rows(
    hid_t dataset, hid_t type, hid_t space, int rank, const hsize_t *shape, bool all) {
  hsize_t start[H5S_MAX_RANK] = {0}, count[H5S_MAX_RANK], row = H5Tget_size(type);
  if (rank == 0) return 0;
  for (int i = 1; i < rank; i++) {
    count[i] = shape[i];
    // Only as much of a long row as fits into the buffer.
    if (count[i] > sizeof(memory) / row) count[i] = sizeof(memory) / row;
    row *= count[i] > 0 ? count[i] : 1;
  }
  hsize_t at_once = sizeof(memory) / row > 0 ? sizeof(memory) / row : 1;
  while (start[0] < shape[0]) {
    count[0] = shape[0] - start[0] < at_once ? shape[0] - start[0] : at_once;
    hid_t target = H5Screate_simple(rank, count, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    herr_t status = H5Dread(dataset, type, target, space, H5P_DEFAULT, memory);
    H5Sclose(target);
    if (status < 0) return status;
    start[0] += count[0];
    if (!all && start[0] < shape[0] && shape[0] - start[0] > at_once) start[0] = shape[0] - at_once;
  }
  return 0;
}

static void try_dataset(hid_t dataset, bool with_rows) {
  try_attribute(dataset, "index", true);
  try_attribute(dataset, "dtype", false);
  if (!hdf5_data_is_inside(dataset)) return;
  hid_t space = H5Dget_space(dataset), stored = H5Dget_type(dataset);
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return;
  hsize_t shape[H5S_MAX_RANK];
  int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || H5Sget_simple_extent_dims(space, shape, NULL) < 0) return;
  H5T_class_t class = H5Tget_class(stored);
  size_t size = H5Tget_size(stored), exponent, fraction;
  hdf5_data_offset(dataset);
  if (class == H5T_COMPOUND) H5Tget_nmembers(stored);
  if (class == H5T_FLOAT) hdf5_float_layout(stored, &exponent, &fraction);
  bool is_number = class == H5T_INTEGER || class == H5T_FLOAT || class == H5T_ENUM ||
                   class == H5T_BITFIELD;
  if (is_number && size <= 16) {
    hid_t bool_type = hdf5_make_bool();
    H5Tequal(stored, bool_type);
    hsize_t chunk[H5S_MAX_RANK];
    if (rank > 0) hdf5_chunk(dataset, chunk, rank);
    hid_t native = with_rows ? H5Tget_native_type(stored, H5T_DIR_ASCEND) : -1;
    if (native >= 0) try_rows(dataset, native, space, rank, shape, false);
  }
  H5Tclose(stored);
  H5Sclose(space);
}

typedef struct {
  hid_t group;
  int depth;
} Place;

static void try_group(hid_t group, int depth);

static bool try_link(const char *name, H5L_type_t type, void *context) {
  const Place *place = context;
  if (objects_left-- <= 0) return false;
  if (type != H5L_TYPE_HARD && type != H5L_TYPE_SOFT) return true;
  hid_t object = hdf5_open_inside(place->group, name);
  H5I_type_t kind = H5Iget_type(object);
  if (kind == H5I_GROUP) try_group(object, place->depth + 1);
  if (kind == H5I_DATASET) try_dataset(object, false);
  if (object >= 0) H5Oclose(object);
  return true;
}

static void try_group(hid_t group, int depth) {
  if (depth > depth_limit) return;
  hdf5_address(group);
  Place place = {group, depth};
  hdf5_each_link(group, try_link, &place);
}

static void try_file(const char *path, const char *name) {
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) return;
  if (name) {
    hid_t object = hdf5_open_inside(file, name);
    if (H5Iget_type(object) == H5I_DATASET) try_dataset(object, true);
  } else {
    try_attribute(file, "format", false);
    try_attribute(file, "version", true);
    try_group(file, 0);
  }
  H5Fclose(file);
}

/// Forks a child with a time limit. Returns its id, 0 in the child, or a negative number on failure.
static pid_t begin_child(unsigned seconds) {
  pid_t child = fork();
  if (child == 0) {
    // A crash is expected here, so no handler should report it.
    int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM};
    for (int i = 0; i < 6; i++) signal(crashes[i], SIG_DFL);
    alarm(seconds);
  }
  return child;
}

static bool child_ends_well(pid_t child) {
  if (child < 0) return false;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool hdf5_survives(
    const char *path, const char *name, long objects, int depth, unsigned seconds) {
  pid_t child = begin_child(seconds);
  if (child == 0) {
    objects_left = objects;
    depth_limit = depth;
    try_file(path, name);
    _exit(0);
  }
  return child_ends_well(child);
}

static size_t aligned(size_t size) { return (size + 63) / 64 * 64; }

/// Whether a dataset is large, uncompressed and fully allocated, so that reading it twice is faster than copying it
/// between processes. Its rows must fit into the buffer.
static bool is_read_twice(const HDF5Reading *reading) {
  if (reading->size < 1 << 16) return false;
  hid_t creation = H5Dget_create_plist(reading->dataset), space = H5Dget_space(reading->dataset);
  hsize_t shape[H5S_MAX_RANK] = {0};
  H5D_space_status_t allocated = H5D_SPACE_STATUS_NOT_ALLOCATED;
  // Reading what is not allocated may leave memory uninitialized.
  bool result = H5Pget_nfilters(creation) == 0 &&
                H5Sget_simple_extent_dims(space, shape, NULL) > 0 && shape[0] > 0 &&
                reading->size / shape[0] <= sizeof(memory) &&
                H5Dget_space_status(reading->dataset, &allocated) >= 0 &&
                allocated == H5D_SPACE_STATUS_ALLOCATED;
  H5Sclose(space);
  H5Pclose(creation);
  return result;
}

static herr_t try_reading(const HDF5Reading *reading) {
  hid_t space = H5Dget_space(reading->dataset);
  hsize_t shape[H5S_MAX_RANK];
  int rank = H5Sget_simple_extent_dims(space, shape, NULL);
  herr_t status = try_rows(reading->dataset, reading->type, space, rank, shape, true);
  H5Sclose(space);
  return status;
}

static herr_t read_whole(const HDF5Reading *reading, void *target) {
  return H5Dread(reading->dataset, reading->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, target);
}

// The child's results for a dataset.
enum { FAILED, COPIED, TRIED };

bool hdf5_read_apart(HDF5Reading *readings, size_t count, unsigned seconds) {
  size_t size = aligned(count);
  for (size_t i = 0; i < count; i++) size += aligned(readings[i].size);
  // Pages that are never written take no memory.
  char *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return false;
  char *answers = shared, *data = shared + aligned(count);
  pid_t child = begin_child(seconds);
  if (child == 0) {
    for (size_t i = 0; i < count; i++) {
      const HDF5Reading *reading = &readings[i];
      if (is_read_twice(reading)) {
        answers[i] = try_reading(reading) < 0 ? FAILED : TRIED;
      } else {
        answers[i] = read_whole(reading, data) < 0 ? FAILED : COPIED;
      }
      data += aligned(reading->size);
    }
    _exit(0);
  }
  bool is_well = child_ends_well(child);
  for (size_t i = 0; is_well && i < count; i++) {
    HDF5Reading *reading = &readings[i];
    reading->status = answers[i] == FAILED ? -1 : 0;
    if (answers[i] == COPIED) memcpy(reading->memory, data, reading->size);
    if (answers[i] == TRIED) reading->status = read_whole(reading, reading->memory);
    data += aligned(reading->size);
  }
  munmap(shared, size);
  return is_well;
}
