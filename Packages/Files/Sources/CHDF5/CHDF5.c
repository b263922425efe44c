#include "include/CHDF5.h"

#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

hid_t hdf5_make_bool(void) {
  hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
  int8_t value = 0;
  H5Tenum_insert(type, "FALSE", &value);
  value = 1;
  H5Tenum_insert(type, "TRUE", &value);
  return type;
}

hid_t hdf5_make_float16(void) {
  hid_t type = H5Tcopy(H5T_NATIVE_FLOAT);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

void hdf5_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

typedef struct {
  char *text;
  size_t size;
} Message;

static herr_t take(unsigned depth, const H5E_error2_t *error, void *context) {
  Message *message = context;
  if (depth == 0 && error->desc) {
    strncpy(message->text, error->desc, message->size - 1);
    message->text[message->size - 1] = 0;
  }
  return 0;
}

void hdf5_last_error(char *text, size_t size) {
  Message message = {text, size};
  text[0] = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take, &message);
}

bool hdf5_link_is_hard(hid_t group, const char *name) {
  H5L_info_t info;
  return H5Lget_info(group, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

bool hdf5_data_is_inside(hid_t dataset) {
  hid_t creation = H5Dget_create_plist(dataset);
  H5D_layout_t layout = H5Pget_layout(creation);
  bool is_inside = (layout == H5D_COMPACT || layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED) &&
                   H5Pget_external_count(creation) == 0;
  H5Pclose(creation);
  return is_inside;
}

uint64_t hdf5_address(hid_t object) {
  H5O_info_t info;
  return H5Oget_info1(object, &info) < 0 ? 0 : info.addr;
}

// What follows runs in a child process that may crash. It calls what the readers of this package call,
// with files that may be damaged.

// Room for rows, and for attributes.
static char memory[1 << 24];
static long objects_left;

static void try_attribute(hid_t object, const char *name, bool is_number) {
  if (H5Aexists(object, name) <= 0) return;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  if (is_number && H5Sget_simple_extent_npoints(space) == 1) {
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

/// Reads rows of a dataset: all of them, or the first and the last few.
static void try_rows(hid_t dataset, hid_t type, hid_t space, int rank, const hsize_t *shape, bool all) {
  hsize_t start[H5S_MAX_RANK] = {0}, count[H5S_MAX_RANK], row = H5Tget_size(type);
  if (rank == 0) {
    if (row <= sizeof(memory)) H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, memory);
    return;
  }
  for (int i = 1; i < rank; i++) {
    count[i] = shape[i];
    // Only as much of a long row as there is room for.
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
    if (status < 0) return;
    start[0] += count[0];
    if (!all && start[0] < shape[0] && shape[0] - start[0] > at_once) start[0] = shape[0] - at_once;
  }
}

static void try_dataset(hid_t dataset, bool all) {
  try_attribute(dataset, "index", true);
  try_attribute(dataset, "dtype", false);
  if (!hdf5_data_is_inside(dataset)) return;
  hid_t space = H5Dget_space(dataset), stored = H5Dget_type(dataset);
  hsize_t shape[H5S_MAX_RANK], count;
  int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || H5Sget_simple_extent_dims(space, shape, NULL) < 0) return;
  H5Dget_storage_size(dataset);
  H5Dget_num_chunks(dataset, space, &count);
  H5T_class_t class = H5Tget_class(stored);
  size_t size = H5Tget_size(stored);
  if ((class == H5T_INTEGER || class == H5T_FLOAT || class == H5T_ENUM) && size <= 16) {
    hid_t bool_type = hdf5_make_bool();
    H5Tequal(stored, bool_type);
    hid_t native = H5Tget_native_type(stored, H5T_DIR_ASCEND);
    if (native >= 0) try_rows(dataset, native, space, rank, shape, all);
  }
}

static void try_group(hid_t group, int depth, bool all) {
  H5G_info_t info;
  if (depth > 64 || H5Gget_info(group, &info) < 0) return;
  hdf5_address(group);
  for (hsize_t i = 0; i < info.nlinks; i++) {
    if (objects_left-- <= 0) return;
    static char name[1 << 16];
    ssize_t length =
        H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
    if (length <= 0 || length >= (ssize_t)sizeof(name)) return;
    H5Lget_name_by_idx(
        group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, length + 1, H5P_DEFAULT);
    if (!hdf5_link_is_hard(group, name)) continue;
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    H5I_type_t type = H5Iget_type(object);
    if (type == H5I_GROUP) try_group(object, depth + 1, all);
    if (type == H5I_DATASET) try_dataset(object, all);
    if (object >= 0) H5Oclose(object);
  }
}

static void try_file(const char *path, const char *name) {
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) return;
  objects_left = 10 * 1000 * 1000;
  if (name) {
    hid_t object = H5Oopen(file, name, H5P_DEFAULT);
    if (H5Iget_type(object) == H5I_DATASET) try_dataset(object, false);
  } else {
    try_attribute(file, "format", false);
    try_attribute(file, "version", true);
    try_group(file, 0, true);
  }
  H5Fclose(file);
}

bool hdf5_survives(const char *path, const char *name, unsigned seconds) {
  pid_t child = fork();
  if (child == 0) {
    // A crash is expected here: nobody should report it.
    int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM};
    for (int i = 0; i < 6; i++) signal(crashes[i], SIG_DFL);
    alarm(seconds);
    try_file(path, name);
    _exit(0);
  }
  if (child < 0) return false;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
