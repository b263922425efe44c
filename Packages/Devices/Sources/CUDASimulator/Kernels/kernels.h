// All kernels for one dtype, from the same source that NVRTC compiles.

#include <elementwise.h>
#include <launches.h>
#include <recurrent.h>
#include <reductions.h>
#include <steps.h>
#include <windows.h>

#include "../device.h"

// The headers that the kernel files include have been included above.
#pragma clang diagnostic ignored "-Wmodules-import-nested-redundant"

namespace {
#include "../../CUDAKernels/Kernels/attention.cu"
#include "../../CUDAKernels/Kernels/binary.cu"
#include "../../CUDAKernels/Kernels/compare.cu"
#include "../../CUDAKernels/Kernels/convert.cu"
#include "../../CUDAKernels/Kernels/convolution.cu"
#include "../../CUDAKernels/Kernels/fill.cu"
#include "../../CUDAKernels/Kernels/fused.cu"
#include "../../CUDAKernels/Kernels/index.cu"
#include "../../CUDAKernels/Kernels/matmul.cu"
#include "../../CUDAKernels/Kernels/normalize.cu"
#include "../../CUDAKernels/Kernels/optimizers.cu"
#include "../../CUDAKernels/Kernels/random.cu"
#include "../../CUDAKernels/Kernels/recurrent.cu"
#include "../../CUDAKernels/Kernels/reduce.cu"
#include "../../CUDAKernels/Kernels/scan.cu"
#include "../../CUDAKernels/Kernels/softmax.cu"
#include "../../CUDAKernels/Kernels/sort.cu"
#include "../../CUDAKernels/Kernels/test.cu"
#include "../../CUDAKernels/Kernels/unary.cu"
#include "../../CUDAKernels/Kernels/windows.cu"
}
