// Ramps and integer matrix products, over contiguous memory.

#include <string.h>

#include "include/views.h"
#include "row_bodies.h"
#include "vectorized.h"

enum { RAMP_PART = 1 << 20 };

typedef struct {
  void *y;
  Ramp ramp;
} RampWork;

#define RAMP(dtype, T, ...)                                                          \
  VECTORIZED static void fill_##dtype(T *y, long count, T value) {                   \
    for (long i = 0; i < count; i++) y[i] = value;                                   \
  }                                                                                  \
  /* y[i] = start + (first + i)·step; an int counts, since its conversion is vectorized everywhere. */ \
  VECTORIZED static void steps_##dtype(T *y, int count, double start, double first, double step) { \
    for (int i = 0; i < count; i++) y[i] = FLAMBEAU_STORE_##dtype(start + (first + i) * step); \
  }                                                                                  \
  static void ramp_##dtype(void *context, long begin, long end) {                    \
    const RampWork *work = context;                                                  \
    Ramp ramp = work->ramp;                                                          \
    T *y = work->y;                                                                  \
    if (!ramp.is_whole && ramp.step == 0) {                                          \
      fill_##dtype(y + begin, end - begin, FLAMBEAU_STORE_##dtype(ramp.start));      \
    } else if (ramp.is_whole) {                                                      \
      for (long i = begin; i < end; i++) {                                           \
        y[i] = FLAMBEAU_STORE_##dtype(ramp.whole_start + (i + ramp.shift) * ramp.whole_step); \
      }                                                                              \
    } else {                                                                         \
      for (long i = begin; i < end; i += RAMP_PART) {                                \
        int count = (int)(end - i < RAMP_PART ? end - i : RAMP_PART);                \
        steps_##dtype(y + i, count, ramp.start, (double)(i + ramp.shift), ramp.step); \
      }                                                                              \
    }                                                                                \
  }
FLAMBEAU_DTYPES(RAMP)

void flambeau_ramp(DType dtype, Ramp ramp, long count, void *y) {
  RampWork work = {y, ramp};
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = ROW_BODIES(ramp);
  share_rows(bodies, dtype, count, 1, &work);
}

typedef struct {
  long m, n, k;
  void *c;
  const void *a, *b;
} MatmulWork;

enum {
  /// The rows of a tile of c, which is kept in registers, and its width in vectors.
  TILE = 4,
  VECTORS = 2,
  VECTOR = 64,
  /// The number of columns that a thread computes at once.
  COLUMNS = 256,
  /// The number of multiplications that are worth a thread.
  MATMUL_GRAIN = 65536,
};

// Sums wrap around, so their order does not matter. Signed overflow is undefined in C, that of unsigned numbers is not.
#define MATMUL(dtype, T)                                                             \
  typedef T lanes_##dtype __attribute__((vector_size(VECTOR)));                      \
  /* Some rows of c, at most a tile, and a tile's width of columns. */               \
  VECTORIZED static void tile_##dtype(                                               \
      long rows, long n, long k, T *c, const T *a, const T *b) {                     \
    const T *row[TILE];                                                              \
    for (int r = 0; r < TILE; r++) row[r] = a + (r < rows ? r : 0) * k;              \
    lanes_##dtype sums[TILE][VECTORS] = {0};                                         \
    for (long p = 0; p < k; p++) {                                                   \
      lanes_##dtype right[VECTORS];                                                  \
      memcpy(right, b + p * n, sizeof right);                                        \
      for (int r = 0; r < TILE; r++) {                                               \
        for (int v = 0; v < VECTORS; v++) sums[r][v] += row[r][p] * right[v];        \
      }                                                                              \
    }                                                                                \
    for (int r = 0; r < TILE; r++) {                                                 \
      if (r < rows) memcpy(c + r * n, sums[r], sizeof sums[r]);                      \
    }                                                                                \
  }                                                                                  \
  /* The same for fewer columns. */                                                  \
  static void edge_##dtype(                                                          \
      long rows, long columns, long n, long k, T *c, const T *a, const T *b) {       \
    for (long r = 0; r < rows; r++) {                                                \
      T sums[VECTORS * VECTOR / sizeof(T)] = {0};                                    \
      for (long p = 0; p < k; p++) {                                                 \
        T factor = a[r * k + p];                                                     \
        for (long j = 0; j < columns; j++) sums[j] += factor * b[p * n + j];         \
      }                                                                              \
      memcpy(c + r * n, sums, columns * sizeof(T));                                  \
    }                                                                                \
  }                                                                                  \
  static void matmul_##dtype(void *context, long begin, long end) {                  \
    const MatmulWork *work = context;                                                \
    long n = work->n, k = work->k, width = VECTORS * VECTOR / sizeof(T);             \
    long blocks = (n + COLUMNS - 1) / COLUMNS;                                       \
    for (long part = begin; part < end; part++) {                                    \
      long i = part / blocks * TILE, j = part % blocks * COLUMNS;                    \
      long rows = work->m - i < TILE ? work->m - i : TILE;                           \
      long last = n - j < COLUMNS ? n : j + COLUMNS;                                 \
      T *c = (T *)work->c + i * n;                                                   \
      const T *a = (const T *)work->a + i * k, *b = work->b;                         \
      for (; j + width <= last; j += width) tile_##dtype(rows, n, k, c + j, a, b + j); \
      if (j < last) edge_##dtype(rows, last - j, n, k, c + j, a, b + j);             \
    }                                                                                \
  }
MATMUL(uint8, uint8_t)
MATMUL(int8, uint8_t)
MATMUL(int16, uint16_t)
MATMUL(int32, uint32_t)
MATMUL(int64, uint64_t)

// Whether any product is true.
static void matmul_bool(void *context, long begin, long end) {
  const MatmulWork *work = context;
  long n = work->n, blocks = (n + COLUMNS - 1) / COLUMNS;
  for (long part = begin; part < end; part++) {
    long top = part / blocks * TILE, left = part % blocks * COLUMNS;
    for (long i = top; i < work->m && i < top + TILE; i++) {
      for (long j = left; j < n && j < left + COLUMNS; j++) {
        bool any = false;
        for (long p = 0; p < work->k; p++) {
          any |= ((const bool *)work->a)[i * work->k + p] & ((const bool *)work->b)[p * n + j];
        }
        ((bool *)work->c)[i * n + j] = any;
      }
    }
  }
}

void flambeau_matmul(DType dtype, long m, long n, long k, void *c, const void *a, const void *b) {
  static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = {
      FLAMBEAU_INTEGRAL_DTYPES(ROW_BODY, matmul)};  // floating-point types have BLAS
  if (!bodies[dtype]) flambeau_stop_without_kernel(__func__, dtype);
  MatmulWork work = {m, n, k, c, a, b};
  long parts = (m + TILE - 1) / TILE * ((n + COLUMNS - 1) / COLUMNS);
  long each = TILE * (n < COLUMNS ? n : COLUMNS) * k;
  flambeau_parallel(parts, MATMUL_GRAIN / (each > 0 ? each : 1) + 1, bodies[dtype], &work);
}
