#pragma once
#include <stddef.h>

#include "driver.h"

// The part of NVIDIA's matrix library, libcublas, that Flambeau calls. Matrices are column-major.

typedef struct cublasContext *cublasHandle_t;

enum { CUBLAS_STATUS_SUCCESS = 0, CUBLAS_STATUS_INVALID_VALUE = 7 };
enum { CUBLAS_OP_N = 0, CUBLAS_OP_T = 1 };
enum { CUDA_R_32F = 0, CUDA_R_64F = 1, CUDA_R_16F = 2, CUDA_R_16BF = 14 };
enum { CUBLAS_COMPUTE_32F = 68, CUBLAS_COMPUTE_64F = 70, CUBLAS_COMPUTE_32F_FAST_TF32 = 77 };
enum { CUBLAS_GEMM_DEFAULT = -1 };

#define FLAMBEAU_CUBLAS(X)                                                                    \
  X(cublasCreate, cublasCreate_v2, cublasHandle_t *handle)                                    \
  X(cublasGetVersion, cublasGetVersion_v2, cublasHandle_t handle, int *version)               \
  X(cublasSetStream, cublasSetStream_v2, cublasHandle_t handle, CUstream stream)              \
  X(cublasGemmStridedBatchedEx, cublasGemmStridedBatchedEx, cublasHandle_t handle,            \
    int a_operation, int b_operation, int m, int n, int k, const void *alpha, const void *a,  \
    int a_type, int lda, long long a_stride, const void *b, int b_type, int ldb,              \
    long long b_stride, const void *beta, void *c, int c_type, int ldc, long long c_stride,   \
    int count, int compute_type, int algorithm)

/// cuBLAS's functions.
typedef struct {
  FLAMBEAU_CUBLAS(FLAMBEAU_MEMBER)
} CUBLAS;

/// Looks up the functions in a library; returns null, or the name of a missing one.
const char *_Nullable flambeau_find_cublas(void *_Nonnull library, CUBLAS *_Nonnull functions);
