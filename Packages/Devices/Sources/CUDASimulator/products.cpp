// cuBLAS's matrix products, with column-major matrices.

#include <dtypes.h>
#include <string.h>

#include <memory>

#include "memory.h"
#include "streams.h"

struct cublasContext {
  CUstream stream = nullptr;
};

namespace {
/// An element of a cuBLAS type, as a double.
double load(const char *data, int type, long long i) {
  switch (type) {
  case CUDA_R_64F: return ((const double *)data)[i];
  case CUDA_R_16F: return (float)((const _Float16 *)data)[i];
  case CUDA_R_16BF: return flambeau_float_from_bfloat16(((const bfloat16_t *)data)[i]);
  default: return ((const float *)data)[i];
  }
}

void store(char *data, int type, long long i, double x) {
  switch (type) {
  case CUDA_R_64F: ((double *)data)[i] = x; break;
  case CUDA_R_16F: ((_Float16 *)data)[i] = (_Float16)(float)x; break;
  case CUDA_R_16BF: ((bfloat16_t *)data)[i] = flambeau_bfloat16_from_float((float)x); break;
  default: ((float *)data)[i] = (float)x;
  }
}

long long size_of(int type) {
  return type == CUDA_R_64F ? 8 : type == CUDA_R_32F ? 4 : type == CUDA_R_16F || type == CUDA_R_16BF ? 2 : 0;
}

/// A batch of matrices.
struct Matrices {
  char *data;
  int type;
  bool transposed;
  long long leading, stride;

  /// The allocation that contains all elements; null if there is none, or if they are misaligned.
  Allocation *allocation(long long rows, long long columns, int count) const {
    if (transposed) std::swap(rows, columns);
    Allocation *a = allocation_at(data);
    long long last = (count - 1) * stride + (columns - 1) * leading + rows;
    bool is_inside = a && data + last * size_of(type) <= a->data + a->size;
    return is_inside && (uintptr_t)data % size_of(type) == 0 ? a : nullptr;
  }
  /// Whether all elements have been written.
  bool is_written(const Allocation &a, long long rows, long long columns, int count) const {
    for (int matrix = 0; matrix < count; matrix++) {
      for (long long i = 0; i < rows; i++) {
        for (long long j = 0; j < columns; j++) {
          if (!a.written[data - a.data + at(matrix, i, j) * size_of(type)]) return false;
        }
      }
    }
    return true;
  }
  long long at(int matrix, long long row, long long column) const {
    return matrix * stride + (transposed ? row * leading + column : column * leading + row);
  }
};

CUresult multiply(
    const Matrices &a, const Matrices &b, const Matrices &c, int m, int n, int k, double alpha,
    double beta, int count) {
  Allocation *all[] = {a.allocation(m, k, count), b.allocation(k, n, count), c.allocation(m, n, count)};
  std::vector<std::unique_ptr<Opened>> open;
  for (Allocation *allocation : all) {
    if (!allocation) {
      return fail(
          CUDA_ERROR_ILLEGAL_ADDRESS, "cublasGemmStridedBatchedEx: a matrix is outside of the device's memory");
    }
    open.push_back(std::make_unique<Opened>(allocation));
  }
  if (!a.is_written(*all[0], m, k, count) || !b.is_written(*all[1], k, n, count) ||
      (beta != 0 && !c.is_written(*all[2], m, n, count))) {
    return fail(
        CUDA_ERROR_LAUNCH_FAILED, "cublasGemmStridedBatchedEx: reads memory that was never written");
  }
  for (int matrix = 0; matrix < count; matrix++) {
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < m; i++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += load(a.data, a.type, a.at(matrix, i, p)) * load(b.data, b.type, b.at(matrix, p, j));
        }
        long long place = c.at(matrix, i, j);
        double before = beta == 0 ? 0 : beta * load(c.data, c.type, place);
        store(c.data, c.type, place, alpha * sum + before);
        size_t first = c.data + place * size_of(c.type) - all[2]->data;
        for (int byte = 0; byte < size_of(c.type); byte++) all[2]->written[first + byte] = true;
      }
    }
  }
  return CUDA_SUCCESS;
}
}  // namespace

int cublasCreate_v2(cublasHandle_t *handle) {
  *handle = new cublasContext();
  return CUBLAS_STATUS_SUCCESS;
}

int cublasGetVersion_v2(cublasHandle_t, int *version) {
  *version = 120900;
  return CUBLAS_STATUS_SUCCESS;
}

int cublasSetStream_v2(cublasHandle_t handle, CUstream stream) {
  handle->stream = stream;
  return CUBLAS_STATUS_SUCCESS;
}

int cublasGemmStridedBatchedEx(
    cublasHandle_t handle, int a_operation, int b_operation, int m, int n, int k,
    const void *alpha, const void *a, int a_type, int lda, long long a_stride, const void *b,
    int b_type, int ldb, long long b_stride, const void *beta, void *c, int c_type, int ldc,
    long long c_stride, int count, int compute_type, int) {
  Locked lock(mutex);
  bool a_turned = a_operation == CUBLAS_OP_T, b_turned = b_operation == CUBLAS_OP_T;
  bool is_possible = m >= 0 && n >= 0 && k >= 0 && count >= 0 && lda >= std::max(1, a_turned ? k : m) &&
                     ldb >= std::max(1, b_turned ? n : k) && ldc >= std::max(1, m) &&
                     size_of(a_type) > 0 && a_type == b_type && a_type == c_type &&
                     (compute_type == CUBLAS_COMPUTE_64F) == (a_type == CUDA_R_64F);
  if (!is_possible) return CUBLAS_STATUS_INVALID_VALUE;
  bool wide = compute_type == CUBLAS_COMPUTE_64F;
  double factor = wide ? *(const double *)alpha : *(const float *)alpha;
  double kept = wide ? *(const double *)beta : *(const float *)beta;
  Matrices left = {(char *)a, a_type, a_turned, lda, a_stride};
  Matrices right = {(char *)b, b_type, b_turned, ldb, b_stride};
  Matrices result = {(char *)c, c_type, false, ldc, c_stride};
  if (m == 0 || n == 0 || count == 0) return CUBLAS_STATUS_SUCCESS;
  CUresult added = add(handle->stream, [=] {
    return multiply(left, right, result, m, n, k, factor, kept, count);
  });
  return added == CUDA_SUCCESS ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE + 6;
}
