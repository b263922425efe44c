// Products and transposes of small matrices, for the type T; `NAME(x)` is x's name for it. Included
// once for each type.

typedef T NAME(Lanes) __attribute__((vector_size(64), aligned(sizeof(T))));
typedef T NAME(Four) __attribute__((vector_size(4 * sizeof(T)), aligned(sizeof(T))));
enum {
  NAME(LANES) = 64 / sizeof(T),
  /// The rows of a product that are computed together: with their LANES columns, as many as AVX2
  /// has registers for.
  NAME(TILE) = 6,
};

/// The width rounded up to a multiple of LANES.
static inline long NAME(padded)(long width) {
  return (width + NAME(LANES) - 1) / NAME(LANES) * NAME(LANES);
}

/// LANES columns of c = a·b, or c + a·b, for a few rows; a has any strides.
static inline __attribute__((always_inline)) void NAME(tile)(
    int rows, long depth, const T *a, long row, long column, const T *b, long b_stride, T *c,
    long c_stride, bool adding) {
  NAME(Lanes) sums[NAME(TILE)];
  for (int i = 0; i < rows; i++) {
    sums[i] = adding ? *(const NAME(Lanes) *)(c + i * c_stride) : (NAME(Lanes)){0};
  }
  for (long p = 0; p < depth; p++) {
    NAME(Lanes) line = *(const NAME(Lanes) *)(b + p * b_stride);
    for (int i = 0; i < rows; i++) sums[i] += a[i * row + p * column] * line;
  }
  for (int i = 0; i < rows; i++) *(NAME(Lanes) *)(c + i * c_stride) = sums[i];
}

/// c = a·b, or c + a·b, for an m×depth and a depth×n matrix. a has any strides; the rows of b and c
/// are padded to multiples of LANES.
VECTORIZED static void NAME(multiply)(
    long m, long n, long depth, const T *a, long row, long column, const T *b, long b_stride, T *c,
    long c_stride, bool adding) {
  for (long i = 0; i < m; i += NAME(TILE)) {
    const T *as = a + i * row;
    for (long j = 0; j < n; j += NAME(LANES)) {
      T *cs = c + i * c_stride + j;
#define ROWS(count) NAME(tile)(count, depth, as, row, column, b + j, b_stride, cs, c_stride, adding)
      switch (m - i) {
      case 1: ROWS(1); break;
      case 2: ROWS(2); break;
      case 3: ROWS(3); break;
      case 4: ROWS(4); break;
      case 5: ROWS(5); break;
      default: ROWS(NAME(TILE)); break;
      }
#undef ROWS
    }
  }
}

/// y = xᵀ·factor, where y's rows are y_stride apart. Both numbers are rounded up to multiples of 4.
VECTORIZED static void NAME(transpose)(
    long rows, long width, T factor, const T *x, T *y, long y_stride) {
#define JOINED(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
  for (long i = 0; i < rows; i += 4) {
    for (long j = 0; j < width; j += 4) {
      const T *from = x + i * width + j;
      NAME(Four) a = *(const NAME(Four) *)from, b = *(const NAME(Four) *)(from + width);
      NAME(Four) c = *(const NAME(Four) *)(from + 2 * width);
      NAME(Four) d = *(const NAME(Four) *)(from + 3 * width);
      NAME(Four) ab = JOINED(a, b, 0, 4, 1, 5), cd = JOINED(c, d, 0, 4, 1, 5);
      NAME(Four) ab2 = JOINED(a, b, 2, 6, 3, 7), cd2 = JOINED(c, d, 2, 6, 3, 7);
      NAME(Four) columns[] = {
          JOINED(ab, cd, 0, 1, 4, 5), JOINED(ab, cd, 2, 3, 6, 7), JOINED(ab2, cd2, 0, 1, 4, 5),
          JOINED(ab2, cd2, 2, 3, 6, 7)};
      for (int p = 0; p < 4; p++) {
        *(NAME(Four) *)(y + (j + p) * y_stride + i) = columns[p] * factor;
      }
    }
  }
#undef JOINED
}
