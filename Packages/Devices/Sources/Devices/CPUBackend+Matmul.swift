import CKernels
import COpenBLAS

extension CPUBackend {
  public func matmul(
    _ a: StridedView, _ b: StridedView, into c: StridedView, accumulating: Bool
  ) {
    let rank = c.layout.rank
    let (m, n, k) = (c.layout.shape[rank - 2], c.layout.shape[rank - 1], a.layout.shape[rank - 1])
    guard c.layout.numel > 0 else { return }
    guard c.dtype.isFloatingPoint else {
      let (a, b) = (a.contiguous(), b.contiguous())
      forEachMatrix(a, b, c) { flambeau_matmul(c.dtype, m, n, k, $2, $0, $1) }
      return
    }
    guard c.dtype == .float32 || c.dtype == .float64 else {
      // BLAS knows no halves: they are multiplied as float32.
      let wide = c.converted(to: .float32)
      matmul(
        a.converted(to: .float32), b.converted(to: .float32), into: wide, accumulating: accumulating
      )
      return convert(wide, into: c)
    }
    let (left, right) = (BLASMatrix(a), BLASMatrix(b))
    let beta = accumulating ? 1.0 : 0.0
    prepareBLAS
    forEachMatrix(left.view, right.view, c) { a, b, c in
      if right.view.dtype == .float32 {
        cblas_sgemm(
          CblasRowMajor, left.order, right.order, blasint(m), blasint(n), blasint(k), 1,
          a.assumingMemoryBound(to: Float.self), left.leadingDimension,
          b.assumingMemoryBound(to: Float.self), right.leadingDimension, Float(beta),
          c.assumingMemoryBound(to: Float.self), blasint(max(n, 1)))
      } else {
        cblas_dgemm(
          CblasRowMajor, left.order, right.order, blasint(m), blasint(n), blasint(k), 1,
          a.assumingMemoryBound(to: Double.self), left.leadingDimension,
          b.assumingMemoryBound(to: Double.self), right.leadingDimension, beta,
          c.assumingMemoryBound(to: Double.self), blasint(max(n, 1)))
      }
    }
  }

  /// Calls `body` with the matrices at each position of the dims before the last two.
  private func forEachMatrix(
    _ a: StridedView, _ b: StridedView, _ c: StridedView,
    _ body: (UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
  ) {
    let batch = c.layout.shape.dropLast(2)
    var position = [Int](repeating: 0, count: batch.count)
    for _ in 0..<batch.reduce(1, *) {
      func matrix(_ view: StridedView) -> UnsafeMutableRawPointer {
        var offset = 0
        for dim in position.indices { offset += position[dim] * view.layout.strides[dim] }
        return view.pointer + offset * view.dtype.itemSize
      }
      body(matrix(a), matrix(b), matrix(c))
      for dim in batch.indices.reversed() {
        position[dim] += 1
        if position[dim] < batch[dim] { break }
        position[dim] = 0
      }
    }
  }
}

/// Gives OpenBLAS the right kernels, and as many threads as ours have; once.
let prepareBLAS: Void = {
  flambeau_choose_blas_core()
  openblas_set_num_threads(flambeau_thread_count())
}()

/// Matrices as BLAS takes them: dense along rows, or along columns, which counts as transposed.
/// Others are copied.
private struct BLASMatrix {
  let view: StridedView
  let order: CBLAS_TRANSPOSE
  let leadingDimension: blasint

  init(_ source: StridedView) {
    let layout = source.layout
    let (rows, columns) = (layout.shape[layout.rank - 2], layout.shape[layout.rank - 1])
    let (rowStride, columnStride) = (
      layout.strides[layout.rank - 2], layout.strides[layout.rank - 1]
    )
    if columns == 1 || columnStride == 1, rows == 1 || rowStride >= max(columns, 1) {
      view = source
      order = CblasNoTrans
      leadingDimension = blasint(rows == 1 ? max(columns, 1) : rowStride)
    } else if rows == 1 || rowStride == 1, columns == 1 || columnStride >= max(rows, 1) {
      view = source
      order = CblasTrans
      leadingDimension = blasint(columns == 1 ? max(rows, 1) : columnStride)
    } else {
      view = source.contiguous()
      order = CblasNoTrans
      leadingDimension = blasint(max(columns, 1))
    }
  }
}
