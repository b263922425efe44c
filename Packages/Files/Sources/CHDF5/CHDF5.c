#include "include/CHDF5.h"

#include <stdint.h>
#include <string.h>

hid_t hdf5_make_bool(void) {
  hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
  int8_t value = 0;
  H5Tenum_insert(type, "FALSE", &value);
  value = 1;
  H5Tenum_insert(type, "TRUE", &value);
  return type;
}

// A 16-bit floating-point type with the given number of exponent bits.
static hid_t make_half(size_t exponent) {
  hid_t type = H5Tcopy(H5T_NATIVE_FLOAT);
  size_t fraction = 15 - exponent;
  H5Tset_fields(type, 15, fraction, exponent, 0, fraction);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, ((size_t)1 << (exponent - 1)) - 1);
  return type;
}

hid_t hdf5_make_float16(void) { return make_half(5); }

hid_t hdf5_make_bfloat16(void) { return make_half(8); }

bool hdf5_float_layout(hid_t type, size_t *exponent, size_t *fraction) {
  size_t sign, exponent_at, fraction_at;
  if (H5Tget_fields(type, &sign, &exponent_at, exponent, &fraction_at, fraction) < 0) return false;
  return fraction_at == 0 && exponent_at == *fraction && sign == *exponent + *fraction &&
         sign + 1 == 8 * H5Tget_size(type) && *exponent < 32 &&
         H5Tget_ebias(type) == ((size_t)1 << (*exponent - 1)) - 1 &&
         H5Tget_norm(type) == H5T_NORM_IMPLIED;
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

typedef struct {
  bool (*body)(const char *name, H5L_type_t type, void *context);
  void *context;
} LinkVisit;

static herr_t visit(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  (void)group;
  LinkVisit *own = context;
  return own->body(name, info->type, own->context) ? 0 : 1;
}

herr_t hdf5_each_link(
    hid_t group, bool (*body)(const char *name, H5L_type_t type, void *context), void *context) {
  LinkVisit own = {body, context};
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visit, &own);
}

static herr_t refuse(
    const char *parent_file, const char *parent_group, const char *file, const char *object,
    unsigned *flags, hid_t access, void *context) {
  (void)parent_file, (void)parent_group, (void)file, (void)object;
  (void)flags, (void)access, (void)context;
  return -1;
}

hid_t hdf5_open_inside(hid_t group, const char *name) {
  hid_t access = H5Pcreate(H5P_LINK_ACCESS);
  H5Pset_elink_cb(access, refuse, NULL);
  hid_t object = H5Oopen(group, name, access);
  H5Pclose(access);
  return object;
}

hid_t hdf5_open_cached(hid_t file, const char *name, size_t bytes) {
  hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
  H5Pset_elink_cb(access, refuse, NULL);
  H5Pset_chunk_cache(access, H5D_CHUNK_CACHE_NSLOTS_DEFAULT, bytes, H5D_CHUNK_CACHE_W0_DEFAULT);
  hid_t dataset = H5Dopen2(file, name, access);
  H5Pclose(access);
  return dataset;
}

size_t hdf5_chunk(hid_t dataset, hsize_t *sizes, int rank) {
  hid_t creation = H5Dget_create_plist(dataset), type = H5Dget_type(dataset);
  size_t bytes = 0;
  if (H5Pget_layout(creation) == H5D_CHUNKED && H5Pget_chunk(creation, rank, sizes) == rank) {
    bytes = H5Tget_size(type);
    for (int i = 0; i < rank; i++) bytes *= sizes[i];
  }
  H5Tclose(type);
  H5Pclose(creation);
  return bytes;
}

bool hdf5_data_is_inside(hid_t dataset) {
  hid_t creation = H5Dget_create_plist(dataset);
  H5D_layout_t layout = H5Pget_layout(creation);
  bool is_inside = (layout == H5D_COMPACT || layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED) &&
                   H5Pget_external_count(creation) == 0;
  H5Pclose(creation);
  return is_inside;
}

uint64_t hdf5_data_offset(hid_t dataset) {
  hid_t creation = H5Dget_create_plist(dataset);
  H5D_layout_t layout = H5Pget_layout(creation);
  H5Pclose(creation);
  return layout == H5D_CONTIGUOUS ? H5Dget_offset(dataset) : UINT64_MAX;
}

uint64_t hdf5_address(hid_t object) {
  H5O_info_t info;
  return H5Oget_info1(object, &info) < 0 ? 0 : info.addr;
}
