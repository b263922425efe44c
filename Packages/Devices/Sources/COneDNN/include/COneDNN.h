#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "windows.h"

// Convolutions and matrix products of oneDNN, opened as the program runs: versions 2 and 3, which are told apart by the
// name of the library. https://uxlfoundation.github.io/oneDNN/

/// Opens the first library of a list that ends with null, for all later calls; false if none of them can be used: it is
/// missing, or it has threads that cannot be limited to the calling one.
bool flambeau_onednn_open(const char *_Nullable const *_Nonnull names);

/// The numbers of oneDNN's dtypes.
enum { FLAMBEAU_ONEDNN_FLOAT16 = 1, FLAMBEAU_ONEDNN_BFLOAT16 = 2, FLAMBEAU_ONEDNN_FLOAT32 = 3 };

typedef enum __attribute__((enum_extensibility(closed))) {
  OneDNNConvolutionResult,
  OneDNNConvolutionGradientOfInput,
  OneDNNConvolutionGradientOfWeight,
} OneDNNConvolutionKind;

/// A convolution of images x, [images, channels, height, width], with weights w, [out channels, channels of a group,
/// kernel height, kernel width], or one of its gradients. Strides are in elements; all others are those of contiguous
/// tensors.
typedef struct {
  OneDNNConvolutionKind kind;
  int dtype;
  /// That of w, which may be float32 if w is a gradient.
  int weight_dtype;
  bool has_bias;
  int64_t images, groups;
  /// The channels of a group.
  int64_t inputs, outputs;
  /// From one image to the next, and from one output channel of the weights to the next.
  int64_t input_stride, output_stride, weight_stride;
  Windows windows;
} OneDNNConvolution;

/// c = a·b, or c + a·b, for an m×k and a k×n matrix of any strides; the rows of c are contiguous.
typedef struct {
  int dtype;
  bool accumulates;
  int64_t m, n, k;
  int64_t left_strides[2], right_strides[2], result_stride;
} OneDNNProduct;

/// An operation compiled for its shapes. Any thread may run it.
typedef struct OneDNNOperation OneDNNOperation;

/// Compiles an operation; null if oneDNN has no kernel for it that is specialized for this processor.
OneDNNOperation *_Nullable flambeau_onednn_convolution(const OneDNNConvolution *_Nonnull shape);
OneDNNOperation *_Nullable flambeau_onednn_product(const OneDNNProduct *_Nonnull shape);
void flambeau_onednn_free(OneDNNOperation *_Nonnull operation);

/// The operands of an operation, in this order, which is that of the functions of a backend.
enum { FLAMBEAU_ONEDNN_LEFT, FLAMBEAU_ONEDNN_RIGHT, FLAMBEAU_ONEDNN_TARGET, FLAMBEAU_ONEDNN_BIAS, FLAMBEAU_ONEDNN_OPERANDS };

/// The bytes of memory that an operand needs in the order of elements that oneDNN prefers, or 0 if that is its own.
size_t flambeau_onednn_reordered_size(const OneDNNOperation *_Nonnull operation, int operand);
/// The bytes of scratch memory that a run needs.
size_t flambeau_onednn_scratch_size(const OneDNNOperation *_Nonnull operation);

/// Where an operand is: its elements, and memory for the reordered ones if their size is not 0. Without elements, those
/// of an input have been reordered already.
typedef struct {
  void *_Nullable elements;
  void *_Nullable reordered;
} OneDNNMemory;

/// Runs an operation on the calling thread; false if it failed.
bool flambeau_onednn_run(
    const OneDNNOperation *_Nonnull operation, const OneDNNMemory *_Nonnull operands, void *_Nullable scratch);
/// Reorders an input, for several runs.
bool flambeau_onednn_reorder(
    const OneDNNOperation *_Nonnull operation, int operand, OneDNNMemory memory, void *_Nullable scratch);
