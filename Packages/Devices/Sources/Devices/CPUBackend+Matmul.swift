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
    let product = GEMM(
      m: m, n: n, k: k, left: left.order, leftDimension: left.leadingDimension,
      right: right.order, rightDimension: right.leadingDimension, accumulating: accumulating)
    forEachMatrix(left.view, right.view, c, work: m * n * k) {
      product.run(right.view.dtype, $0, $1, $2)
    }
  }

  /// Calls `body` with the matrices at each position of the dims before the last two, on several
  /// threads where there are several and they are worth it.
  private func forEachMatrix(
    _ a: StridedView, _ b: StridedView, _ c: StridedView, work: Int = 0,
    _ body: (UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
  ) {
    let batch = c.layout.shape.dropLast(2)
    func matrix(_ view: StridedView, _ index: Int) -> UnsafeMutableRawPointer {
      var (offset, rest) = (0, index)
      for dim in batch.indices.reversed() {
        offset += rest % batch[dim] * view.layout.strides[dim]
        rest /= batch[dim]
      }
      return view.pointer + offset * view.dtype.itemSize
    }
    let count = batch.reduce(1, *)
    // About 50 µs of work for a thread.
    singly(count: count, grain: work == 0 ? count : 2_000_000 / work + 1) { range in
      for index in range { body(matrix(a, index), matrix(b, index), matrix(c, index)) }
    }
  }
}

/// Parts of 0 ..< count on several threads, each of which uses BLAS alone; or all on this thread, with
/// all of BLAS's threads, where there are not two parts as large as the grain.
func singly(count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  prepareBLAS
  guard count >= 2 * grain, flambeau_thread_count() > 1 else { return body(0..<count) }
  openblas_set_num_threads(1)
  defer { openblas_set_num_threads(flambeau_thread_count()) }
  withoutActuallyEscaping(body) { body in
    withUnsafePointer(to: body) { body in
      flambeau_parallel(
        count, grain,
        { context, begin, end in
          context!.assumingMemoryBound(to: ((Range<Int>) -> Void).self).pointee(begin..<end)
        }, UnsafeMutableRawPointer(mutating: body))
    }
  }
}

/// c = a·b, or c + a·b, for one m×k and one k×n matrix, with what is needed to find their rows.
struct GEMM {
  var (m, n, k): (Int, Int, Int)
  var (left, leftDimension): (CBLAS_TRANSPOSE, Int)
  var (right, rightDimension): (CBLAS_TRANSPOSE, Int)
  var accumulating: Bool

  init(
    m: Int, n: Int, k: Int, left: CBLAS_TRANSPOSE = CblasNoTrans, leftDimension: Int,
    right: CBLAS_TRANSPOSE = CblasNoTrans, rightDimension: Int, accumulating: Bool = false
  ) {
    (self.m, self.n, self.k) = (m, n, k)
    (self.left, self.leftDimension) = (left, leftDimension)
    (self.right, self.rightDimension) = (right, rightDimension)
    self.accumulating = accumulating
  }

  /// float32 or float64.
  func run(
    _ dtype: DType, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer
  ) {
    if dtype == .float32 {
      cblas_sgemm(
        CblasRowMajor, left, right, blasint(m), blasint(n), blasint(k), 1,
        a.assumingMemoryBound(to: Float.self), blasint(leftDimension),
        b.assumingMemoryBound(to: Float.self), blasint(rightDimension), accumulating ? 1 : 0,
        c.assumingMemoryBound(to: Float.self), blasint(max(n, 1)))
    } else {
      cblas_dgemm(
        CblasRowMajor, left, right, blasint(m), blasint(n), blasint(k), 1,
        a.assumingMemoryBound(to: Double.self), blasint(leftDimension),
        b.assumingMemoryBound(to: Double.self), blasint(rightDimension), accumulating ? 1 : 0,
        c.assumingMemoryBound(to: Double.self), blasint(max(n, 1)))
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
  let leadingDimension: Int

  init(_ source: StridedView) {
    let layout = source.layout
    let (rows, columns) = (layout.shape[layout.rank - 2], layout.shape[layout.rank - 1])
    let (rowStride, columnStride) = (
      layout.strides[layout.rank - 2], layout.strides[layout.rank - 1]
    )
    if columns == 1 || columnStride == 1, rows == 1 || rowStride >= max(columns, 1) {
      view = source
      order = CblasNoTrans
      leadingDimension = rows == 1 ? max(columns, 1) : rowStride
    } else if rows == 1 || rowStride == 1, columns == 1 || columnStride >= max(rows, 1) {
      view = source
      order = CblasTrans
      leadingDimension = columns == 1 ? max(rows, 1) : columnStride
    } else {
      view = source.contiguous()
      order = CblasNoTrans
      leadingDimension = max(columns, 1)
    }
  }
}
