// Opens oneDNN and hides the differences of its versions.

#include <dlfcn.h>
#include <stdlib.h>

#include "api.h"
#include "include/COneDNN.h"

OneDNN onednn;

enum {
  // More than the structs of version 2 need: 696 bytes for memory, and 5976 for a convolution.
  DESCRIPTION_SIZE = 1024,
  SETTINGS_SIZE = 16384,
};

#define FIND(function, ...) \
  if (!(*(void **)&found.function = dlsym(library, "dnnl_" #function))) return false;
#define FIND_2(function, ...) \
  if (!(*(void **)&found.v2.function = dlsym(library, "dnnl_" #function))) return false;
#define FIND_3(function, ...) \
  if (!(*(void **)&found.v3.function = dlsym(library, "dnnl_" #function))) return false;

static bool find(void *library) {
  OneDNN found = {0};
  COMMON_FUNCTIONS(FIND)
  const Version *version = found.version();
  if (version->major == 2) {
    VERSION_2_FUNCTIONS(FIND_2)
  } else if (version->major == 3) {
    VERSION_3_FUNCTIONS(FIND_3)
  } else {
    return false;
  }
  if (version->cpu_runtime == RUNTIME_OPENMP) {
    *(void **)&found.thread_count = dlsym(library, "omp_get_max_threads");
    *(void **)&found.set_thread_count = dlsym(library, "omp_set_num_threads");
    if (!found.thread_count || !found.set_thread_count) return false;
  } else if (version->cpu_runtime != RUNTIME_SEQUENTIAL) {
    return false;
  }
  if (found.engine_create(&found.engine, CPU_ENGINE, 0) != SUCCESS) return false;
  onednn = found;
  return true;
}

bool flambeau_onednn_open(const char *const *names) {
  for (; *names; names++) {
    void *library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
    if (!library) continue;
    if (find(library)) return true;
    dlclose(library);
  }
  return false;
}

static bool is_version_2(void) { return onednn.v2.primitive_desc_create != NULL; }

void *describe(int rank, const int64_t *shape, int dtype, const int64_t *strides) {
  if (!is_version_2()) {
    void *description = NULL;
    if (strides) {
      onednn.v3.memory_desc_create_with_strides(&description, rank, shape, dtype, strides);
    } else {
      onednn.v3.memory_desc_create_with_tag(&description, rank, shape, dtype, ANY_FORMAT);
    }
    return description;
  }
  void *description = calloc(1, DESCRIPTION_SIZE);
  int status = strides
      ? onednn.v2.memory_desc_init_by_strides(description, rank, shape, dtype, strides)
      : onednn.v2.memory_desc_init_by_tag(description, rank, shape, dtype, ANY_FORMAT);
  if (status == SUCCESS) return description;
  free(description);
  return NULL;
}

void forget(void *description) {
  if (!description) return;
  if (is_version_2()) {
    free(description);
  } else {
    onednn.v3.memory_desc_destroy(description);
  }
}

static void *plan_convolution_2(const Plan *p, const void *attributes) {
  _Alignas(64) char settings[SETTINGS_SIZE];
  int status = p->kind == OneDNNConvolutionResult
      ? onednn.v2.dilated_convolution_forward_desc_init(
            settings, FORWARD_TRAINING, DIRECT_CONVOLUTION, p->x, p->w, p->bias, p->y, p->strides,
            p->dilations, p->before, p->after)
      : p->kind == OneDNNConvolutionGradientOfInput
      ? onednn.v2.dilated_convolution_backward_data_desc_init(
            settings, DIRECT_CONVOLUTION, p->x, p->w, p->y, p->strides, p->dilations, p->before,
            p->after)
      : onednn.v2.dilated_convolution_backward_weights_desc_init(
            settings, DIRECT_CONVOLUTION, p->x, p->w, NULL, p->y, p->strides, p->dilations,
            p->before, p->after);
  void *plan = NULL;
  if (status != SUCCESS) return NULL;
  onednn.v2.primitive_desc_create(&plan, settings, attributes, onednn.engine, NULL);
  return plan;
}

// Version 3 requires the plan of the result to plan a gradient.
static void *plan_convolution_3(const Plan *p, const void *attributes) {
  void *forward = NULL, *plan = NULL;
  onednn.v3.convolution_forward_primitive_desc_create(
      &forward, onednn.engine, FORWARD_TRAINING, DIRECT_CONVOLUTION, p->x, p->forward_w, p->bias,
      p->y, p->strides, p->dilations, p->before, p->after, attributes);
  if (p->kind == OneDNNConvolutionResult || !forward) return forward;
  if (p->kind == OneDNNConvolutionGradientOfInput) {
    onednn.v3.convolution_backward_data_primitive_desc_create(
        &plan, onednn.engine, DIRECT_CONVOLUTION, p->x, p->w, p->y, p->strides, p->dilations,
        p->before, p->after, forward, attributes);
  } else {
    onednn.v3.convolution_backward_weights_primitive_desc_create(
        &plan, onednn.engine, DIRECT_CONVOLUTION, p->x, p->w, NULL, p->y, p->strides,
        p->dilations, p->before, p->after, forward, attributes);
  }
  onednn.primitive_desc_destroy(forward);
  return plan;
}

void *plan_convolution(const Plan *plan, const void *attributes) {
  return is_version_2() ? plan_convolution_2(plan, attributes)
                        : plan_convolution_3(plan, attributes);
}

void *plan_product(const Plan *p, const void *attributes) {
  void *plan = NULL;
  if (!is_version_2()) {
    onednn.v3.matmul_primitive_desc_create(
        &plan, onednn.engine, p->x, p->w, NULL, p->y, attributes);
    return plan;
  }
  _Alignas(64) char settings[SETTINGS_SIZE];
  if (onednn.v2.matmul_desc_init(settings, p->x, p->w, NULL, p->y) != SUCCESS) return NULL;
  onednn.v2.primitive_desc_create(&plan, settings, attributes, onednn.engine, NULL);
  return plan;
}

int append_sum(void *operations, int dtype) {
  return is_version_2() ? onednn.v2.post_ops_append_sum(operations, 1)
                        : onednn.v3.post_ops_append_sum(operations, 1, 0, dtype);
}
