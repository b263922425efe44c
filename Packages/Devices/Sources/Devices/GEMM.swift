/// c = a·b, or c + a·b, for an m×k and a k×n matrix with their leading dimensions.
struct GEMM {
  var (m, n, k): (Int, Int, Int)
  var (leftIsTransposed, leftDimension): (Bool, Int)
  var (rightIsTransposed, rightDimension): (Bool, Int)
  /// The leading dimension of c.
  var resultDimension: Int
  var accumulating: Bool

  init(
    m: Int, n: Int, k: Int, leftIsTransposed: Bool = false, leftDimension: Int,
    rightIsTransposed: Bool = false, rightDimension: Int, accumulating: Bool = false
  ) {
    (self.m, self.n, self.k) = (m, n, k)
    (self.leftIsTransposed, self.leftDimension) = (leftIsTransposed, leftDimension)
    (self.rightIsTransposed, self.rightDimension) = (rightIsTransposed, rightDimension)
    resultDimension = n
    self.accumulating = accumulating
  }

  init(m: Int, n: Int, k: Int, left: DenseMatrices, right: DenseMatrices, accumulating: Bool) {
    self.init(
      m: m, n: n, k: k, leftIsTransposed: left.areTransposed,
      leftDimension: left.leadingDimension, rightIsTransposed: right.areTransposed,
      rightDimension: right.leadingDimension, accumulating: accumulating)
  }
}

/// Matrices as BLAS accepts them: with unit stride along rows, or along columns, which counts as
/// transposed. Others are copied.
struct DenseMatrices {
  let view: StridedView
  let areTransposed: Bool
  let leadingDimension: Int

  init(_ source: StridedView) {
    let layout = source.layout
    let (rows, columns) = (layout.shape[layout.rank - 2], layout.shape[layout.rank - 1])
    let (rowStride, columnStride) = (
      layout.strides[layout.rank - 2], layout.strides[layout.rank - 1]
    )
    if columns == 1 || columnStride == 1, rows == 1 || rowStride >= max(columns, 1) {
      view = source
      areTransposed = false
      leadingDimension = rows == 1 ? max(columns, 1) : rowStride
    } else if rows == 1 || rowStride == 1, columns == 1 || columnStride >= max(rows, 1) {
      view = source
      areTransposed = true
      leadingDimension = columns == 1 ? max(rows, 1) : columnStride
    } else {
      view = source.contiguous()
      areTransposed = false
      leadingDimension = max(columns, 1)
    }
  }
}
