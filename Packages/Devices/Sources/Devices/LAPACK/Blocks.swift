import COpenBLAS

// Factorizations in blocks of columns, for column-major matrices. LAPACK factors each block in
// turn, and then our threads bring the other columns up to date, some columns at a time. OpenBLAS's
// own threads gain less: they divide each product by itself, and spin between products. As blocks
// have one width, results do not depend on the number of threads.

/// The number of columns of a block.
private let width = 64

extension LAPACK where T: LAPACKElement {
  /// P·L·U = a, with n rows and columns.
  func factorLU(_ a: UnsafeMutablePointer<T>, _ n: Int, pivots: UnsafeMutablePointer<Int32>) {
    let size = Int32(n)
    if n <= 2 * width { return _ = getrf(size, size, a, size, pivots) }
    for start in stride(from: 0, to: n, by: width) {
      let end = min(start + width, n)
      let (rows, count, left) = (Int32(n - start), Int32(end - start), Int32(n - end))
      let block = a + start * n + start
      _ = getrf(rows, count, block, size, pivots + start)
      forEachBlock(n) { columns in
        if columns.lowerBound == start { return }
        let (top, own) = (a + columns.lowerBound * n + start, Int32(columns.count))
        laswp(own, top, size, count, pivots + start)
        if columns.lowerBound < start { return }
        trsm(
          CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasUnit, count, own, 1, block, size,
          top, size)
        guard left > 0 else { return }
        gemm(
          CblasColMajor, CblasNoTrans, CblasNoTrans, left, own, count, -1, block + Int(count), size,
          top, size, 1, top + Int(count), size)
      }
      for place in start..<end { pivots[place] += Int32(start) }
    }
  }

  /// b = a⁻¹·b, or a⁻ᵀ·b, given a's factors and `count` columns of b.
  func solve(
    _ lu: UnsafePointer<T>, _ n: Int, pivots: UnsafePointer<Int32>, transposed: Bool,
    _ b: UnsafeMutablePointer<T>, count: Int
  ) {
    let size = Int32(n)
    let flag = transposed ? LAPACK.transposed : LAPACK.asIs
    forEachBlock(count, work: n * n) { columns in
      _ = getrs(
        flag, size, Int32(columns.count), lu, size, pivots, b + columns.lowerBound * n)
    }
  }

  /// b = a⁻¹, given a's factors: X = U⁻¹·L⁻¹, in which L⁻¹ is triangular, and a⁻¹ = X·P.
  func invert(
    _ lu: UnsafePointer<T>, _ n: Int, pivots: UnsafePointer<Int32>, _ b: UnsafeMutablePointer<T>
  ) {
    // The column of X that is each of a⁻¹.
    var sources = Array(0..<n)
    for place in (0..<n).reversed() { sources.swapAt(place, Int(pivots[place]) - 1) }
    var targets = sources
    for (target, source) in sources.enumerated() { targets[source] = target }
    let size = Int32(n)
    forEachBlock(n, work: n * n) { columns in
      let (start, count) = (columns.lowerBound, Int32(columns.count))
      withUnsafeTemporaryAllocation(of: T.self, capacity: n * columns.count) { memory in
        let x = memory.baseAddress!
        x.initialize(repeating: 0, count: n * columns.count)
        for column in 0..<columns.count { x[column * n + start + column] = 1 }
        trsm(
          CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasUnit, size - Int32(start), count,
          1, lu + start * n + start, size, x + start, size)
        trsm(
          CblasColMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, size, count, 1, lu,
          size, x, size)
        for column in 0..<columns.count {
          (b + targets[start + column] * n).update(from: x + column * n, count: n)
        }
      }
    }
  }

  /// Uᵀ·U = a, of which the upper triangle is read, and replaced by U; whether a is positive
  /// definite.
  func factorCholesky(_ a: UnsafeMutablePointer<T>, _ n: Int) -> Bool {
    let size = Int32(n)
    if n <= 2 * width { return potrf(LAPACK.upper, size, a, size) == 0 }
    for start in stride(from: 0, to: n, by: width) {
      let end = min(start + width, n)
      let count = Int32(end - start)
      let block = a + start * n + start
      guard potrf(LAPACK.upper, count, block, size) == 0 else { return false }
      forEachBlock(n - end, work: width * width) { columns in
        let top = a + (end + columns.lowerBound) * n + start
        trsm(
          CblasColMajor, CblasLeft, CblasUpper, CblasTrans, CblasNonUnit, count,
          Int32(columns.count), 1, block, size, top, size)
      }
      forEachBlock(n - end) { columns in
        let top = a + (end + columns.lowerBound) * n + start
        // Also a part below the diagonal, which nobody reads.
        gemm(
          CblasColMajor, CblasTrans, CblasNoTrans, Int32(columns.upperBound),
          Int32(columns.count), count, -1, a + end * n + start, size, top, size, 1,
          top + Int(count), size)
      }
    }
    return true
  }

  /// Q·R = a, with m rows and n columns: R becomes the upper triangle of a, and the first
  /// min(m, n) columns of Q become q.
  func factorQR(_ a: UnsafeMutablePointer<T>, _ m: Int, _ n: Int, q: UnsafeMutablePointer<T>) {
    let (k, rows) = (min(m, n), Int32(m))
    // Each block's reflections are I - V·T·Vᵀ. V is below the diagonal of a.
    let wide = Int32(width)
    withUnsafeTemporaryAllocation(of: T.self, capacity: max(k, 1) * width) { memory in
      let t = memory.baseAddress!
      for start in stride(from: 0, to: k, by: width) {
        let end = min(start + width, k)
        let block = a + start * m + start
        _ = geqrt3(rows - Int32(start), Int32(end - start), block, rows, t + start * width, wide)
        forEachBlock(n - end, work: 2 * m * width) { columns in
          reflect(
            transposed: true, m - start, columns.count, end - start, block, m, t + start * width,
            a + (end + columns.lowerBound) * m + start)
        }
      }
      forEachBlock(k, work: 2 * m * width) { columns in
        (q + columns.lowerBound * m).update(repeating: 0, count: columns.count * m)
        for column in columns { q[column * m + column] = 1 }
        // The blocks after these columns do not change them.
        for start in stride(from: columns.lowerBound, through: 0, by: -width) {
          let end = min(start + width, k)
          reflect(
            transposed: false, m - start, columns.count, end - start, a + start * m + start, m,
            t + start * width, q + columns.lowerBound * m + start)
        }
      }
    }
  }

  /// Multiplies `count` columns by a block's k reflections or, transposed, undoes them.
  private func reflect(
    transposed: Bool, _ rows: Int, _ count: Int, _ k: Int, _ v: UnsafePointer<T>, _ stride: Int,
    _ t: UnsafePointer<T>, _ columns: UnsafeMutablePointer<T>
  ) {
    withUnsafeTemporaryAllocation(of: T.self, capacity: count * k) { work in
      larfb(
        transposed ? LAPACK.transposed : LAPACK.asIs, Int32(rows), Int32(count), Int32(k), v,
        Int32(stride), t, Int32(width), columns, Int32(stride), work.baseAddress)
    }
  }

  /// Calls `body` with each block of columns, on several threads if they have enough to do: `work`
  /// is the number of multiplications for a column.
  private func forEachBlock(_ count: Int, work: Int = .max, _ body: (Range<Int>) -> Void) {
    let blocks = (count + width - 1) / width
    let grain = GEMM.grain / 4 / max(min(work, GEMM.grain) * width, 1) + 1
    shared(count: blocks, grain: grain) { range in
      for block in range { body(block * width..<min((block + 1) * width, count)) }
    }
  }
}
