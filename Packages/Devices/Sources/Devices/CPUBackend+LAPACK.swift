import CKernels
import COpenBLAS

// Factorizations by OpenBLAS's LAPACK, in float32 or float64. Matrices are column-major. Those of a
// batch are shared among threads, with own kernels for small ones; the threads share a single large
// one by LAPACK/Blocks.swift.

extension CPUBackend {
  public func lu(_ a: StridedView, pivots: StridedView) {
    a.dtype == .float32 ? Matrices<Float>(a).lu(pivots) : Matrices<Double>(a).lu(pivots)
  }

  public func luSolve(
    _ lu: StridedView, pivots: StridedView, transposed: Bool, into b: StridedView
  ) {
    lu.dtype == .float32
      ? Matrices<Float>(lu).solve(pivots, transposed: transposed, b)
      : Matrices<Double>(lu).solve(pivots, transposed: transposed, b)
  }

  public func luInverse(_ lu: StridedView, pivots: StridedView, into b: StridedView) {
    lu.dtype == .float32
      ? Matrices<Float>(lu).invert(pivots, b) : Matrices<Double>(lu).invert(pivots, b)
  }

  public func cholesky(_ a: StridedView, failed: StridedView) {
    failed.fill(0)
    a.dtype == .float32
      ? Matrices<Float>(a).cholesky(failed) : Matrices<Double>(a).cholesky(failed)
  }

  public func qr(_ a: StridedView, q: StridedView, r: StridedView) {
    a.dtype == .float32 ? Matrices<Float>(a).qr(q, r) : Matrices<Double>(a).qr(q, r)
  }

  public func svd(
    _ a: StridedView, left: StridedView, values: StridedView, right: StridedView,
    failed: StridedView
  ) {
    failed.fill(0)
    a.dtype == .float32
      ? Matrices<Float>(a).svd(left, values, right, failed)
      : Matrices<Double>(a).svd(left, values, right, failed)
  }

  public func eigh(_ a: StridedView, values: StridedView, failed: StridedView) {
    failed.fill(0)
    a.dtype == .float32
      ? Matrices<Float>(a).eigh(values, failed) : Matrices<Double>(a).eigh(values, failed)
  }
}

/// A batch of column-major matrices.
private struct Matrices<T: LAPACKElement> {
  let start: UnsafeMutablePointer<T>
  let rows, columns, count: Int
  let dtype: DType
  let lapack = T.routines

  init(_ view: StridedView) {
    let shape = view.layout.shape
    (columns, rows) = (shape[shape.count - 2], shape[shape.count - 1])
    count = view.layout.numel / max(rows * columns, 1)
    start = view.elements()
    dtype = view.dtype
  }

  private var areSmall: Bool { rows <= FLAMBEAU_SMALL_MATRIX }

  func lu(_ pivots: StridedView) {
    let pivots = pivots.elements(Int32.self)
    guard !areSmall else {
      return forEachRange { range in
        let first = range.lowerBound
        flambeau_small_lu(dtype, range.count, rows, matrix(first), pivots + first * rows)
      }
    }
    forEach { lapack.factorLU($0, rows, pivots: pivots + $1 * rows) }
  }

  func solve(_ pivots: StridedView, transposed: Bool, _ b: StridedView) {
    let right = b.layout.shape[b.layout.rank - 2]
    let (pivots, b) = (pivots.elements(Int32.self), b.elements(T.self))
    guard !areSmall else {
      return forEachRange { range in
        let first = range.lowerBound
        flambeau_small_solve(
          dtype, transposed, range.count, rows, right, matrix(first), pivots + first * rows,
          b + first * rows * right)
      }
    }
    forEach { lu, index in
      lapack.solve(
        lu, rows, pivots: pivots + index * rows, transposed: transposed, b + index * rows * right,
        count: right)
    }
  }

  func invert(_ pivots: StridedView, _ b: StridedView) {
    let (pivots, b) = (pivots.elements(Int32.self), b.elements(T.self))
    guard !areSmall else {
      return forEachRange { range in
        let first = range.lowerBound
        flambeau_small_inverse(
          dtype, range.count, rows, matrix(first), pivots + first * rows, b + first * rows * rows)
      }
    }
    forEach { lapack.invert($0, rows, pivots: pivots + $1 * rows, b + $1 * rows * rows) }
  }

  func cholesky(_ failed: StridedView) {
    let failed = failed.elements(Bool.self)
    guard !areSmall else {
      return forEachRange { range in
        let first = range.lowerBound
        flambeau_small_cholesky(dtype, range.count, rows, matrix(first), failed + first)
      }
    }
    forEach { a, index in
      failed[index] = !lapack.factorCholesky(a, rows)
      for column in 0..<rows {
        (a + column * rows + column + 1).update(repeating: 0, count: rows - column - 1)
      }
    }
  }

  func qr(_ q: StridedView, _ r: StridedView) {
    let k = min(rows, columns)
    let (q, r) = (q.elements(T.self), r.elements(T.self))
    forEach { a, index in
      lapack.factorQR(a, rows, columns, q: q + index * rows * k)
      let r = r + index * k * columns
      for column in 0..<columns {
        let top = r + column * k
        let nonzero = min(column + 1, k)
        top.update(from: a + column * rows, count: nonzero)
        (top + nonzero).update(repeating: 0, count: k - nonzero)
      }
    }
  }

  func svd(
    _ left: StridedView, _ values: StridedView, _ right: StridedView, _ failed: StridedView
  ) {
    let k = min(rows, columns)
    let (u, s, vt) = (left.elements(T.self), values.elements(T.self), right.elements(T.self))
    let failed = failed.elements(Bool.self)
    let (m, n) = (Int32(rows), Int32(columns))
    forEachWithWorkspace(integers: 8 * k) { work, size, integers in
      _ = lapack.gesdd(m, n, start, s, u, vt, Int32(k), work, size, integers)
    } body: { a, index, work, size, integers in
      failed[index] =
        lapack.gesdd(
          m, n, a, s + index * k, u + index * rows * k, vt + index * k * columns, Int32(k), work,
          size, integers) != 0
    }
  }

  func eigh(_ values: StridedView, _ failed: StridedView) {
    let (w, failed) = (values.elements(T.self), failed.elements(Bool.self))
    let (n, integerCount) = (Int32(rows), 3 + 5 * rows)
    forEachWithWorkspace(integers: integerCount) { work, size, integers in
      _ = lapack.syevd(n, start, w, work, size, integers, Int32(integerCount))
    } body: { a, index, work, size, integers in
      failed[index] =
        lapack.syevd(n, a, w + index * rows, work, size, integers, Int32(integerCount)) != 0
    }
  }

  /// Calls `body` with each matrix and its index, on several threads if there are as many matrices.
  /// Does nothing if they are empty.
  private func forEach(_ body: (UnsafeMutablePointer<T>, Int) -> Void) {
    forEachRange { range in
      for index in range { body(matrix(index), index) }
    }
  }

  private func matrix(_ index: Int) -> UnsafeMutablePointer<T> { start + index * rows * columns }

  private func forEachRange(_ body: (Range<Int>) -> Void) {
    guard rows > 0, columns > 0, count > 0 else { return }
    // Even a matrix of one element takes some time.
    let work = 100 + rows * columns * min(rows, columns)
    // With fewer matrices than threads, all threads work on each.
    let isShared = count >= Int(flambeau_thread_count())
    shared(count: count, grain: isShared ? GEMM.grain / 64 / work + 1 : count) { body($0) }
  }

  /// Like `forEach`, with a workspace whose size `query` stores when it is called with a size of
  /// -1, and integers.
  private func forEachWithWorkspace(
    integers integerCount: Int,
    query: (UnsafeMutablePointer<T>, Int32, UnsafeMutablePointer<Int32>) -> Void,
    body: (
      UnsafeMutablePointer<T>, Int, UnsafeMutablePointer<T>, Int32, UnsafeMutablePointer<Int32>
    ) -> Void
  ) {
    guard rows > 0, columns > 0, count > 0 else { return }
    prepareBLAS
    var (best, unused) = (T(0), Int32(0))
    query(&best, -1, &unused)
    // In float32, a large size may have been rounded down.
    let size = Int(best.nextUp.rounded(.up))
    // BLAS stays on one thread: with several, its sums would depend on their number.
    forEachRange { range in
      withUnsafeTemporaryAllocation(of: T.self, capacity: size) { work in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: integerCount) { integers in
          for index in range {
            body(
              matrix(index), index, work.baseAddress!, Int32(size), integers.baseAddress!)
          }
        }
      }
    }
  }
}

extension StridedView {
  /// The start of its memory, for elements of a type.
  fileprivate func elements<Element>(_: Element.Type = Element.self) -> UnsafeMutablePointer<
    Element
  > { pointer.assumingMemoryBound(to: Element.self) }
}
