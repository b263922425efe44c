#pragma once
#include <stddef.h>
#include <stdint.h>

// The part of oneDNN's API that Flambeau calls. Pointers to its objects are untyped here. Version 2 describes memory by a
// struct that the caller allocates, and version 3 by an object, but both take a pointer to it.

typedef struct {
  int major, minor, patch;
  const char *hash;
  unsigned cpu_runtime, gpu_runtime;
} Version;

typedef struct {
  int argument;
  void *memory;
} ExecutionArgument;

enum { SUCCESS = 0 };
enum { RUNTIME_SEQUENTIAL = 1, RUNTIME_OPENMP = 2 };
enum { CPU_ENGINE = 1, DEFAULT_STREAM = 1, USER_SCRATCHPAD = 1 };
enum { ANY_FORMAT = 1 };
enum { FORWARD_TRAINING = 64, DIRECT_CONVOLUTION = 1 };
enum {
  QUERY_IMPLEMENTATION = 8,
  QUERY_SOURCE = 129,
  QUERY_SOURCE_GRADIENT = 130,
  QUERY_WEIGHTS = 131,
  QUERY_WEIGHTS_GRADIENT = 132,
  QUERY_TARGET = 133,
  QUERY_TARGET_GRADIENT = 134,
  QUERY_SCRATCHPAD = 136,
};
enum {
  ARGUMENT_SOURCE = 1,
  ARGUMENT_TARGET = 17,
  ARGUMENT_WEIGHTS = 33,
  ARGUMENT_BIAS = 41,
  ARGUMENT_SCRATCHPAD = 80,
  ARGUMENT_SOURCE_GRADIENT = 129,
  ARGUMENT_TARGET_GRADIENT = 145,
  ARGUMENT_WEIGHTS_GRADIENT = 161,
};

/// X(function, result, parameters): those that both versions have.
#define COMMON_FUNCTIONS(X)                                                                  \
  X(version, const Version *, void)                                                          \
  X(engine_create, int, void **engine, int kind, size_t index)                               \
  X(stream_create, int, void **stream, void *engine, unsigned flags)                         \
  X(stream_destroy, int, void *stream)                                                       \
  X(memory_create, int, void **memory, const void *description, void *engine, void *handle)  \
  X(memory_destroy, int, void *memory)                                                       \
  X(memory_desc_get_size, size_t, const void *description)                                   \
  X(memory_desc_equal, int, const void *left, const void *right)                             \
  X(primitive_attr_create, int, void **attributes)                                           \
  X(primitive_attr_destroy, int, void *attributes)                                           \
  X(primitive_attr_set_scratchpad_mode, int, void *attributes, int mode)                     \
  X(primitive_attr_set_post_ops, int, void *attributes, const void *operations)              \
  X(post_ops_create, int, void **operations)                                                 \
  X(post_ops_destroy, int, void *operations)                                                 \
  X(primitive_desc_query, int, const void *plan, int what, int index, void *result)          \
  X(primitive_desc_query_md, const void *, const void *plan, int what, int index)            \
  X(primitive_desc_destroy, int, void *plan)                                                 \
  X(primitive_create, int, void **primitive, const void *plan)                               \
  X(primitive_destroy, int, void *primitive)                                                 \
  X(primitive_execute, int, const void *primitive, void *stream, int count,                  \
    const ExecutionArgument *arguments)                                                      \
  X(reorder_primitive_desc_create, int, void **plan, const void *from, void *from_engine,    \
    const void *to, void *to_engine, const void *attributes)

#define VERSION_2_FUNCTIONS(X)                                                               \
  X(memory_desc_init_by_strides, int, void *description, int rank, const int64_t *shape,     \
    int dtype, const int64_t *strides)                                                       \
  X(memory_desc_init_by_tag, int, void *description, int rank, const int64_t *shape,         \
    int dtype, int tag)                                                                      \
  X(post_ops_append_sum, int, void *operations, float scale)                                 \
  X(dilated_convolution_forward_desc_init, int, void *settings, int direction, int algorithm, \
    const void *x, const void *w, const void *bias, const void *y, const int64_t *strides,   \
    const int64_t *dilations, const int64_t *before, const int64_t *after)                   \
  X(dilated_convolution_backward_data_desc_init, int, void *settings, int algorithm,         \
    const void *x, const void *w, const void *y, const int64_t *strides,                     \
    const int64_t *dilations, const int64_t *before, const int64_t *after)                   \
  X(dilated_convolution_backward_weights_desc_init, int, void *settings, int algorithm,      \
    const void *x, const void *w, const void *bias, const void *y, const int64_t *strides,   \
    const int64_t *dilations, const int64_t *before, const int64_t *after)                   \
  X(matmul_desc_init, int, void *settings, const void *a, const void *b, const void *bias,   \
    const void *c)                                                                           \
  X(primitive_desc_create, int, void **plan, const void *settings, const void *attributes,   \
    void *engine, const void *forward)

#define VERSION_3_FUNCTIONS(X)                                                               \
  X(memory_desc_create_with_strides, int, void **description, int rank, const int64_t *shape, \
    int dtype, const int64_t *strides)                                                       \
  X(memory_desc_create_with_tag, int, void **description, int rank, const int64_t *shape,    \
    int dtype, int tag)                                                                      \
  X(memory_desc_destroy, int, void *description)                                             \
  X(post_ops_append_sum, int, void *operations, float scale, int32_t zero_point, int dtype)  \
  X(convolution_forward_primitive_desc_create, int, void **plan, void *engine, int direction, \
    int algorithm, const void *x, const void *w, const void *bias, const void *y,            \
    const int64_t *strides, const int64_t *dilations, const int64_t *before,                 \
    const int64_t *after, const void *attributes)                                            \
  X(convolution_backward_data_primitive_desc_create, int, void **plan, void *engine,         \
    int algorithm, const void *x, const void *w, const void *y, const int64_t *strides,      \
    const int64_t *dilations, const int64_t *before, const int64_t *after,                   \
    const void *forward, const void *attributes)                                             \
  X(convolution_backward_weights_primitive_desc_create, int, void **plan, void *engine,      \
    int algorithm, const void *x, const void *w, const void *bias, const void *y,            \
    const int64_t *strides, const int64_t *dilations, const int64_t *before,                 \
    const int64_t *after, const void *forward, const void *attributes)                       \
  X(matmul_primitive_desc_create, int, void **plan, void *engine, const void *a,             \
    const void *b, const void *bias, const void *c, const void *attributes)

#define MEMBER(function, result, ...) result (*function)(__VA_ARGS__);

typedef struct {
  COMMON_FUNCTIONS(MEMBER)
  struct {
    VERSION_2_FUNCTIONS(MEMBER)
  } v2;
  struct {
    VERSION_3_FUNCTIONS(MEMBER)
  } v3;
  /// The number of threads of OpenMP, in this thread; null if the library has no threads.
  int (*thread_count)(void);
  void (*set_thread_count)(int count);
  void *engine;
} OneDNN;

/// The functions of the library that is open.
extern OneDNN onednn;

/// A convolution, or a product with no windows, to plan.
typedef struct {
  int kind;
  void *x, *w, *bias, *y;
  /// The weights of the result, if w is their gradient, which may have another dtype.
  void *forward_w;
  int64_t strides[2], dilations[2], before[2], after[2];
} Plan;

/// A description of memory with strides, or with those that oneDNN chooses if they are null.
void *describe(int rank, const int64_t *shape, int dtype, const int64_t *strides);
void forget(void *description);
/// Plans a convolution or a product; null if there is no kernel for it.
void *plan_convolution(const Plan *plan, const void *attributes);
void *plan_product(const Plan *plan, const void *attributes);
/// Appends `result + c` to the operations after a product.
int append_sum(void *operations, int dtype);
