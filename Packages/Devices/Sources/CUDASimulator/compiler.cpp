// A stand-in for NVRTC: the host compiler has compiled all kernels ahead of time.

#include <string.h>

#include <sstream>

#include "api.h"
#include "image.h"
#include "registry.h"

struct _nvrtcProgram {
  std::string name, image, log;
};

namespace {
const char *const MAGIC = "flambeau-simulator";
const int ARCHITECTURES[] = {70, 75, 80, 86, 89, 90};

/// The value of an option, as in -DELEMENT=float32.
std::string value_of(const char *option, int count, const char *const *options) {
  for (int k = 0; k < count; k++) {
    if (strncmp(options[k], option, strlen(option)) == 0) return options[k] + strlen(option);
  }
  return "";
}
}  // namespace

std::string make_image(const std::string &file, const std::string &element) {
  return std::string(MAGIC) + " " + file + " " + element + " .";
}

bool read_image(const char *image, std::string &suffix) {
  std::string magic, file, element, end;
  std::istringstream words(image);
  words >> magic >> file >> element >> end;
  suffix = "_" + element;
  return magic == MAGIC && end == ".";
}

int nvrtcVersion(int *major, int *minor) {
  *major = 12;
  *minor = 9;
  return NVRTC_SUCCESS;
}

int nvrtcCreateProgram(
    nvrtcProgram *program, const char *, const char *name, int, const char *const *,
    const char *const *) {
  *program = new _nvrtcProgram{name, "", ""};
  return NVRTC_SUCCESS;
}

int nvrtcDestroyProgram(nvrtcProgram *program) {
  delete *program;
  *program = nullptr;
  return NVRTC_SUCCESS;
}

int nvrtcCompileProgram(nvrtcProgram program, int count, const char *const *options) {
  Locked lock(mutex);
  std::string element = value_of("-DELEMENT=", count, options);
  if (kernels().count("unary_negate_" + element) == 0) {
    program->log = program->name + ": there is no element type “" + element + "”\n";
    return NVRTC_ERROR_COMPILATION;
  }
  program->image = make_image(program->name, element);
  return NVRTC_SUCCESS;
}

int nvrtcGetProgramLogSize(nvrtcProgram program, size_t *size) {
  *size = program->log.size() + 1;
  return NVRTC_SUCCESS;
}

int nvrtcGetProgramLog(nvrtcProgram program, char *log) {
  strcpy(log, program->log.c_str());
  return NVRTC_SUCCESS;
}

int nvrtcGetNumSupportedArchs(int *count) {
  *count = sizeof ARCHITECTURES / sizeof *ARCHITECTURES;
  return NVRTC_SUCCESS;
}

int nvrtcGetSupportedArchs(int *architectures) {
  memcpy(architectures, ARCHITECTURES, sizeof ARCHITECTURES);
  return NVRTC_SUCCESS;
}

int nvrtcGetCUBINSize(nvrtcProgram program, size_t *size) {
  *size = program->image.size() + 1;
  return NVRTC_SUCCESS;
}

int nvrtcGetCUBIN(nvrtcProgram program, char *image) {
  strcpy(image, program->image.c_str());
  return NVRTC_SUCCESS;
}

int nvrtcGetPTXSize(nvrtcProgram program, size_t *size) { return nvrtcGetCUBINSize(program, size); }
int nvrtcGetPTX(nvrtcProgram program, char *text) { return nvrtcGetCUBIN(program, text); }
