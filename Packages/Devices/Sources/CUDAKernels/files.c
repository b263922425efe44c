// The sources of the kernels, embedded in the program as text.

#include "include/CUDAKernels.h"

#include <stddef.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char attention_cu[] = {
#embed "Kernels/attention.cu" suffix(, 0)
};
static const char binary_cu[] = {
#embed "Kernels/binary.cu" suffix(, 0)
};
static const char compare_cu[] = {
#embed "Kernels/compare.cu" suffix(, 0)
};
static const char convert_cu[] = {
#embed "Kernels/convert.cu" suffix(, 0)
};
static const char convolution_cu[] = {
#embed "Kernels/convolution.cu" suffix(, 0)
};
static const char fill_cu[] = {
#embed "Kernels/fill.cu" suffix(, 0)
};
static const char fused_cu[] = {
#embed "Kernels/fused.cu" suffix(, 0)
};
static const char groups_cuh[] = {
#embed "Kernels/groups.cuh" suffix(, 0)
};
static const char index_cu[] = {
#embed "Kernels/index.cu" suffix(, 0)
};
static const char kernel_cuh[] = {
#embed "Kernels/kernel.cuh" suffix(, 0)
};
static const char maps_cuh[] = {
#embed "Kernels/maps.cuh" suffix(, 0)
};
static const char matmul_cu[] = {
#embed "Kernels/matmul.cu" suffix(, 0)
};
static const char normalize_cu[] = {
#embed "Kernels/normalize.cu" suffix(, 0)
};
static const char optimizers_cu[] = {
#embed "Kernels/optimizers.cu" suffix(, 0)
};
static const char operations_cuh[] = {
#embed "Kernels/operations.cuh" suffix(, 0)
};
static const char random_cu[] = {
#embed "Kernels/random.cu" suffix(, 0)
};
static const char recurrent_cu[] = {
#embed "Kernels/recurrent.cu" suffix(, 0)
};
static const char reduce_cu[] = {
#embed "Kernels/reduce.cu" suffix(, 0)
};
static const char scan_cu[] = {
#embed "Kernels/scan.cu" suffix(, 0)
};
static const char softmax_cu[] = {
#embed "Kernels/softmax.cu" suffix(, 0)
};
static const char sort_cu[] = {
#embed "Kernels/sort.cu" suffix(, 0)
};
static const char test_cu[] = {
#embed "Kernels/test.cu" suffix(, 0)
};
static const char tiles_cuh[] = {
#embed "Kernels/tiles.cuh" suffix(, 0)
};
static const char unary_cu[] = {
#embed "Kernels/unary.cu" suffix(, 0)
};
static const char windows_cu[] = {
#embed "Kernels/windows.cu" suffix(, 0)
};
static const char launches_h[] = {
#embed "include/launches.h" suffix(, 0)
};
static const char dtypes_h[] = {
#embed "../COperations/include/dtypes.h" suffix(, 0)
};
static const char elementwise_h[] = {
#embed "../COperations/include/elementwise.h" suffix(, 0)
};
static const char recurrent_h[] = {
#embed "../COperations/include/recurrent.h" suffix(, 0)
};
static const char ramps_h[] = {
#embed "../COperations/include/ramps.h" suffix(, 0)
};
static const char reductions_h[] = {
#embed "../COperations/include/reductions.h" suffix(, 0)
};
static const char steps_h[] = {
#embed "../COperations/include/steps.h" suffix(, 0)
};
static const char windows_h[] = {
#embed "../COperations/include/windows.h" suffix(, 0)
};

// Replacements for the standard headers, which NVRTC does not have.
static const char stdint_h[] =
    "typedef signed char int8_t; typedef unsigned char uint8_t;\n"
    "typedef short int16_t; typedef unsigned short uint16_t;\n"
    "typedef int int32_t; typedef unsigned int uint32_t;\n"
    "typedef long long int64_t; typedef unsigned long long uint64_t;\n"
    "#define INT64_MAX 0x7fffffffffffffffLL\n";
static const char stdbool_h[] = "";

static const char *const names[] = {
    "attention.cu",
    "binary.cu",
    "compare.cu",
    "convert.cu",
    "convolution.cu",
    "fill.cu",
    "fused.cu",
    "groups.cuh",
    "index.cu",
    "kernel.cuh",
    "maps.cuh",
    "matmul.cu",
    "normalize.cu",
    "operations.cuh",
    "optimizers.cu",
    "random.cu",
    "recurrent.cu",
    "reduce.cu",
    "scan.cu",
    "softmax.cu",
    "sort.cu",
    "test.cu",
    "tiles.cuh",
    "unary.cu",
    "windows.cu",
    "launches.h",
    "dtypes.h",
    "elementwise.h",
    "recurrent.h",
    "ramps.h",
    "reductions.h",
    "steps.h",
    "windows.h",
    "stdint.h",
    "stdbool.h",
    NULL,
};

static const char *const texts[] = {
    attention_cu,
    binary_cu,
    compare_cu,
    convert_cu,
    convolution_cu,
    fill_cu,
    fused_cu,
    groups_cuh,
    index_cu,
    kernel_cuh,
    maps_cuh,
    matmul_cu,
    normalize_cu,
    operations_cuh,
    optimizers_cu,
    random_cu,
    recurrent_cu,
    reduce_cu,
    scan_cu,
    softmax_cu,
    sort_cu,
    test_cu,
    tiles_cuh,
    unary_cu,
    windows_cu,
    launches_h,
    dtypes_h,
    elementwise_h,
    recurrent_h,
    ramps_h,
    reductions_h,
    steps_h,
    windows_h,
    stdint_h,
    stdbool_h,
    NULL,
};

const char *const *flambeau_kernel_file_names(void) { return names; }
const char *const *flambeau_kernel_file_texts(void) { return texts; }
