import CKernels
import COpenBLAS

// Factorizations by OpenBLAS's LAPACK. Matrices are column-major.

extension CPUBackend {
  public func lu(_ a: StridedView, pivots: StridedView) {
    forEachMatrix(a) { a, m, n, index in
      let k = min(m, n)
      var (rows, columns, info) = (Int32(m), Int32(n), Int32(0))
      let places = pivots.pointer.assumingMemoryBound(to: Int32.self) + index * k
      dgetrf_(&rows, &columns, a, &rows, places, &info)
    }
  }

  public func luSolve(_ lu: StridedView, pivots: StridedView, into b: StridedView) {
    let right = b.layout.shape[b.layout.rank - 2]
    forEachMatrix(lu) { a, n, _, index in
      var (size, count, info) = (Int32(n), Int32(right), Int32(0))
      let places = pivots.pointer.assumingMemoryBound(to: Int32.self) + index * n
      let b = b.pointer.assumingMemoryBound(to: Double.self) + index * n * right
      dgetrs_("N", &size, &count, a, &size, places, b, &size, &info)
    }
  }

  public func cholesky(_ a: StridedView, failed: StridedView) {
    failed.fill(0)
    forEachMatrix(a) { a, n, _, index in
      var (size, info) = (Int32(n), Int32(0))
      dpotrf_("L", &size, a, &size, &info)
      failed.pointer.storeBytes(of: info != 0, toByteOffset: index, as: Bool.self)
      // LAPACK does not touch the upper triangle.
      for column in 1..<max(n, 1) {
        for row in 0..<column { a[column * n + row] = 0 }
      }
    }
  }

  public func qr(_ a: StridedView, upper: StridedView) {
    let k = upper.layout.shape[upper.layout.rank - 1]
    forEachMatrix(a) { a, m, n, index in
      var (rows, columns, inner, info) = (Int32(m), Int32(n), Int32(k), Int32(0))
      var tau = [Double](repeating: 0, count: max(k, 1))
      withWorkspace { work, size in dgeqrf_(&rows, &columns, a, &rows, &tau, work, size, &info) }
      let r = upper.pointer.assumingMemoryBound(to: Double.self) + index * k * n
      for column in 0..<n {
        for row in 0..<k { r[column * k + row] = row <= column ? a[column * m + row] : 0 }
      }
      withWorkspace { work, size in
        dorgqr_(&rows, &inner, &inner, a, &rows, tau, work, size, &info)
      }
    }
  }

  public func svd(
    _ a: StridedView, left: StridedView, values: StridedView, right: StridedView,
    failed: StridedView
  ) {
    failed.fill(0)
    forEachMatrix(a) { a, m, n, index in
      let k = min(m, n)
      var (rows, columns, inner, info) = (Int32(m), Int32(n), Int32(max(k, 1)), Int32(0))
      let u = left.pointer.assumingMemoryBound(to: Double.self) + index * m * k
      let s = values.pointer.assumingMemoryBound(to: Double.self) + index * k
      let vt = right.pointer.assumingMemoryBound(to: Double.self) + index * k * n
      var integers = [Int32](repeating: 0, count: max(8 * k, 1))
      withWorkspace { work, size in
        dgesdd_(
          "S", &rows, &columns, a, &rows, s, u, &rows, vt, &inner, work, size, &integers, &info)
      }
      failed.pointer.storeBytes(of: info != 0, toByteOffset: index, as: Bool.self)
    }
  }

  public func eigh(_ a: StridedView, values: StridedView, failed: StridedView) {
    failed.fill(0)
    forEachMatrix(a) { a, n, _, index in
      var (size, info) = (Int32(n), Int32(0))
      let w = values.pointer.assumingMemoryBound(to: Double.self) + index * n
      var integers = [Int32](repeating: 0, count: 3 + 5 * n)
      var integerCount = Int32(integers.count)
      withWorkspace { work, count in
        dsyevd_("V", "L", &size, a, &size, w, work, count, &integers, &integerCount, &info)
      }
      failed.pointer.storeBytes(of: info != 0, toByteOffset: index, as: Bool.self)
    }
  }

  /// Calls `body` with each column-major matrix of the last two dims, its numbers of rows and
  /// columns, and its index. Does nothing if they are empty.
  private func forEachMatrix(
    _ view: StridedView, _ body: (UnsafeMutablePointer<Double>, Int, Int, Int) -> Void
  ) {
    let shape = view.layout.shape
    let (columns, rows) = (shape[shape.count - 2], shape[shape.count - 1])
    guard view.layout.numel > 0 else { return }
    prepareBLAS
    // LAPACK's only parallelism is BLAS's, which pays off for large matrices.
    if min(rows, columns) >= 256 { openblas_set_num_threads(flambeau_thread_count()) }
    defer { openblas_set_num_threads(1) }
    let start = view.pointer.assumingMemoryBound(to: Double.self)
    for index in 0..<view.layout.numel / (rows * columns) {
      body(start + index * rows * columns, rows, columns, index)
    }
  }

  /// Queries the size of a routine's workspace, and runs it with one.
  private func withWorkspace(
    _ routine: (UnsafeMutablePointer<Double>, UnsafePointer<Int32>) -> Void
  ) {
    var (best, ask) = (0.0, Int32(-1))
    routine(&best, &ask)
    var count = Int32(max(best, 1))
    var work = [Double](repeating: 0, count: Int(count))
    routine(&work, &count)
  }
}
