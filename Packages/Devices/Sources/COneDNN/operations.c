// Operations of oneDNN with all of their shapes fixed, and the reorders before and after them.

#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "include/COneDNN.h"

// A primitive with its plan, which owns the descriptions of its memory.
typedef struct {
  void *plan, *primitive;
} Step;

typedef struct {
  int argument;
  void *plain;
  const void *preferred;
  Step reorder;
} Operand;

struct OneDNNOperation {
  Step step;
  Operand operands[FLAMBEAU_ONEDNN_OPERANDS];
  size_t scratch;
};

// oneDNN runs on the calling thread alone, since its own threads would compete with ours. Returns the number of threads
// to restore.
static int limit_threads(void) {
  if (!onednn.thread_count) return 1;
  int count = onednn.thread_count();
  if (count != 1) onednn.set_thread_count(1);
  return count;
}

static void restore_threads(int count) {
  if (count != 1) onednn.set_thread_count(count);
}

static void *make_attributes(bool accumulates, int dtype) {
  void *attributes = NULL, *operations = NULL;
  if (onednn.primitive_attr_create(&attributes) != SUCCESS) return NULL;
  onednn.primitive_attr_set_scratchpad_mode(attributes, USER_SCRATCHPAD);
  if (accumulates && onednn.post_ops_create(&operations) == SUCCESS) {
    append_sum(operations, dtype);
    onednn.primitive_attr_set_post_ops(attributes, operations);
    onednn.post_ops_destroy(operations);
  }
  return attributes;
}

// Takes over the plan, which may be null.
static bool compile(OneDNNOperation *operation, Step *step, void *plan) {
  step->plan = plan;
  if (!plan || onednn.primitive_create(&step->primitive, plan) != SUCCESS) return false;
  const void *scratch = onednn.primitive_desc_query_md(plan, QUERY_SCRATCHPAD, 0);
  size_t size = scratch ? onednn.memory_desc_get_size(scratch) : 0;
  if (size > operation->scratch) operation->scratch = size;
  return true;
}

static void free_step(Step step) {
  if (step.primitive) onednn.primitive_destroy(step.primitive);
  if (step.plan) onednn.primitive_desc_destroy(step.plan);
}

// Compiles the operation itself, unless its plan is a reference implementation, which is slow.
static bool start(OneDNNOperation *operation, void *plan) {
  const char *name = NULL;
  if (plan) onednn.primitive_desc_query(plan, QUERY_IMPLEMENTATION, 0, &name);
  return compile(operation, &operation->step, plan) && name && !strstr(name, "ref");
}

// Fills in an operand, and compiles its reorder if oneDNN prefers another order of elements.
static bool prepare(OneDNNOperation *operation, int index, int argument, void *plain, int query) {
  Operand *operand = &operation->operands[index];
  const void *preferred = onednn.primitive_desc_query_md(operation->step.plan, query, 0);
  *operand = (Operand){argument, plain, preferred};
  if (!preferred || onednn.memory_desc_equal(plain, preferred)) return preferred;
  bool is_result = index == FLAMBEAU_ONEDNN_TARGET;
  void *plan = NULL, *attributes = make_attributes(false, 0);
  onednn.reorder_primitive_desc_create(
      &plan, is_result ? preferred : plain, onednn.engine, is_result ? plain : preferred,
      onednn.engine, attributes);
  onednn.primitive_attr_destroy(attributes);
  return compile(operation, &operand->reorder, plan);
}

enum { IMAGE_RANK = 4, WEIGHT_RANK = 5 };

static int64_t after(int64_t size, int64_t count, int64_t stride, int64_t reach, int64_t before) {
  return (count - 1) * stride + reach + 1 - size - before;
}

OneDNNOperation *flambeau_onednn_convolution(const OneDNNConvolution *c) {
  const Windows *w = &c->windows;
  int64_t channels = c->groups * c->inputs, results = c->groups * c->outputs;
  int64_t places = w->kernel_height * w->kernel_width;
  int64_t x[] = {c->images, channels, w->height, w->width};
  int64_t x_strides[] = {c->input_stride, w->height * w->width, w->width, 1};
  int64_t y[] = {c->images, results, w->out_height, w->out_width};
  int64_t y_strides[] = {c->output_stride, w->out_height * w->out_width, w->out_width, 1};
  int64_t weights[] = {c->groups, c->outputs, c->inputs, w->kernel_height, w->kernel_width};
  int64_t w_strides[] = {c->outputs * c->weight_stride, c->weight_stride, places, w->kernel_width, 1};
  // Without groups, the weights have no dim for them.
  int skipped = c->groups == 1, rank = WEIGHT_RANK - skipped;
  int64_t one = 1;

  int threads = limit_threads();
  Plan settings = {
      c->kind,
      describe(IMAGE_RANK, x, c->dtype, NULL),
      describe(rank, weights + skipped, c->weight_dtype, NULL),
      c->has_bias ? describe(1, &results, c->dtype, &one) : NULL,
      describe(IMAGE_RANK, y, c->dtype, NULL),
      describe(rank, weights + skipped, c->dtype, NULL),
      {w->stride_height, w->stride_width},
      {w->dilation_height - 1, w->dilation_width - 1},
      {w->padding_height, w->padding_width},
      {after(w->height, w->out_height, w->stride_height,
             w->dilation_height * (w->kernel_height - 1), w->padding_height),
       after(w->width, w->out_width, w->stride_width, w->dilation_width * (w->kernel_width - 1),
             w->padding_width)}};
  void *attributes = make_attributes(false, c->dtype);
  OneDNNOperation *operation = calloc(1, sizeof(OneDNNOperation));
  bool is_ready = start(operation, plan_convolution(&settings, attributes));
  onednn.primitive_attr_destroy(attributes);
  forget(settings.x);
  forget(settings.w);
  forget(settings.y);
  forget(settings.forward_w);

  bool of_input = c->kind == OneDNNConvolutionGradientOfInput;
  bool of_weight = c->kind == OneDNNConvolutionGradientOfWeight;
  bool is_gradient = of_input || of_weight;
  int x_place = of_input ? FLAMBEAU_ONEDNN_TARGET : FLAMBEAU_ONEDNN_LEFT;
  int w_place = of_weight ? FLAMBEAU_ONEDNN_TARGET : FLAMBEAU_ONEDNN_RIGHT;
  int y_place = of_input ? FLAMBEAU_ONEDNN_LEFT
      : of_weight        ? FLAMBEAU_ONEDNN_RIGHT
                         : FLAMBEAU_ONEDNN_TARGET;
  is_ready = is_ready &&
      prepare(operation, x_place, of_input ? ARGUMENT_SOURCE_GRADIENT : ARGUMENT_SOURCE,
              describe(IMAGE_RANK, x, c->dtype, x_strides),
              of_input ? QUERY_SOURCE_GRADIENT : QUERY_SOURCE) &&
      prepare(operation, w_place, of_weight ? ARGUMENT_WEIGHTS_GRADIENT : ARGUMENT_WEIGHTS,
              describe(rank, weights + skipped, c->weight_dtype, w_strides + skipped),
              of_weight ? QUERY_WEIGHTS_GRADIENT : QUERY_WEIGHTS) &&
      prepare(operation, y_place, is_gradient ? ARGUMENT_TARGET_GRADIENT : ARGUMENT_TARGET,
              describe(IMAGE_RANK, y, c->dtype, y_strides),
              is_gradient ? QUERY_TARGET_GRADIENT : QUERY_TARGET);
  if (c->has_bias) {
    operation->operands[FLAMBEAU_ONEDNN_BIAS] =
        (Operand){ARGUMENT_BIAS, settings.bias, settings.bias};
  }
  restore_threads(threads);
  if (is_ready) return operation;
  flambeau_onednn_free(operation);
  return NULL;
}

OneDNNOperation *flambeau_onednn_product(const OneDNNProduct *p) {
  int64_t a[] = {p->m, p->k}, b[] = {p->k, p->n}, c[] = {p->m, p->n};
  int64_t c_strides[] = {p->result_stride, 1};
  int threads = limit_threads();
  Plan settings = {
      .x = describe(2, a, p->dtype, p->left_strides),
      .w = describe(2, b, p->dtype, p->right_strides),
      .y = describe(2, c, p->dtype, c_strides)};
  void *attributes = make_attributes(p->accumulates, p->dtype);
  OneDNNOperation *operation = calloc(1, sizeof(OneDNNOperation));
  bool is_ready = start(operation, plan_product(&settings, attributes));
  onednn.primitive_attr_destroy(attributes);
  Operand operands[] = {{ARGUMENT_SOURCE, settings.x, settings.x},
                        {ARGUMENT_WEIGHTS, settings.w, settings.w},
                        {ARGUMENT_TARGET, settings.y, settings.y}};
  memcpy(operation->operands, operands, sizeof operands);
  restore_threads(threads);
  if (is_ready) return operation;
  flambeau_onednn_free(operation);
  return NULL;
}

void flambeau_onednn_free(OneDNNOperation *operation) {
  for (int i = 0; i < FLAMBEAU_ONEDNN_OPERANDS; i++) {
    forget(operation->operands[i].plain);
    free_step(operation->operands[i].reorder);
  }
  free_step(operation->step);
  free(operation);
}

size_t flambeau_onednn_reordered_size(const OneDNNOperation *operation, int operand) {
  const Operand *o = &operation->operands[operand];
  return o->reorder.plan ? onednn.memory_desc_get_size(o->preferred) : 0;
}

size_t flambeau_onednn_scratch_size(const OneDNNOperation *operation) { return operation->scratch; }

typedef struct {
  int argument;
  const void *description;
  void *elements;
} Argument;

// Runs a step with up to four arguments and its scratch memory.
static bool execute(Step step, Argument *arguments, int count, void *scratch) {
  const void *description = onednn.primitive_desc_query_md(step.plan, QUERY_SCRATCHPAD, 0);
  if (description && onednn.memory_desc_get_size(description) > 0) {
    arguments[count++] = (Argument){ARGUMENT_SCRATCHPAD, description, scratch};
  }
  void *stream = NULL;
  if (onednn.stream_create(&stream, onednn.engine, DEFAULT_STREAM) != SUCCESS) return false;
  ExecutionArgument all[FLAMBEAU_ONEDNN_OPERANDS + 1];
  bool is_ready = true;
  for (int i = 0; i < count; i++) {
    all[i] = (ExecutionArgument){arguments[i].argument, NULL};
    is_ready &= SUCCESS ==
        onednn.memory_create(
            &all[i].memory, arguments[i].description, onednn.engine, arguments[i].elements);
  }
  bool is_done = is_ready && onednn.primitive_execute(step.primitive, stream, count, all) == SUCCESS;
  for (int i = 0; i < count; i++) {
    if (all[i].memory) onednn.memory_destroy(all[i].memory);
  }
  onednn.stream_destroy(stream);
  return is_done;
}

static bool reorder(const OneDNNOperation *operation, int index, OneDNNMemory memory, void *scratch) {
  const Operand *operand = &operation->operands[index];
  Argument plain = {ARGUMENT_SOURCE, operand->plain, memory.elements};
  Argument preferred = {ARGUMENT_TARGET, operand->preferred, memory.reordered};
  Argument arguments[3] = {plain, preferred};
  if (index == FLAMBEAU_ONEDNN_TARGET) {
    arguments[0].argument = ARGUMENT_TARGET;
    arguments[1].argument = ARGUMENT_SOURCE;
  }
  return execute(operand->reorder, arguments, 2, scratch);
}

bool flambeau_onednn_reorder(
    const OneDNNOperation *operation, int operand, OneDNNMemory memory, void *scratch) {
  int threads = limit_threads();
  bool is_done = reorder(operation, operand, memory, scratch);
  restore_threads(threads);
  return is_done;
}

bool flambeau_onednn_run(
    const OneDNNOperation *operation, const OneDNNMemory *operands, void *scratch) {
  Argument arguments[FLAMBEAU_ONEDNN_OPERANDS + 1];
  int threads = limit_threads(), count = 0;
  bool is_done = true;
  for (int i = 0; i < FLAMBEAU_ONEDNN_OPERANDS; i++) {
    const Operand *operand = &operation->operands[i];
    if (!operand->plain) continue;
    bool is_reordered = operand->reorder.plan;
    if (is_reordered && i != FLAMBEAU_ONEDNN_TARGET && operands[i].elements) {
      is_done &= reorder(operation, i, operands[i], scratch);
    }
    arguments[count++] = (Argument){
        operand->argument, operand->preferred,
        is_reordered ? operands[i].reordered : operands[i].elements};
  }
  is_done = is_done && execute(operation->step, arguments, count, scratch);
  if (operation->operands[FLAMBEAU_ONEDNN_TARGET].reorder.plan) {
    is_done = is_done &&
        reorder(operation, FLAMBEAU_ONEDNN_TARGET, operands[FLAMBEAU_ONEDNN_TARGET], scratch);
  }
  restore_threads(threads);
  return is_done;
}
