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
