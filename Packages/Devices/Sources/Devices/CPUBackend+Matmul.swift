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
    let (left, right) = (DenseMatrices(a), DenseMatrices(b))
    let product = GEMM(
      m: m, n: n, k: k, left: left, right: right, accumulating: accumulating)
    let dtype = c.dtype
    guard dtype.isHalf else {
      return forEachPart(of: product, left.view, right.view, c) { $0.run(dtype, $1, $2, $3) }
    }
    if product.isFasterWithOneDNN, let compiled = CompiledProduct(product, dtype) {
      return forEachPart(of: product, left.view, right.view, c) { compiled.run($0, $1, $2, $3) }
    }
    // BLAS has no half-precision products, so they are computed in float32.
    let wide = c.converted(to: .float32)
    matmul(
      a.converted(to: .float32), b.converted(to: .float32), into: wide, accumulating: accumulating)
    convert(wide, into: c)
  }

  /// Calls `body` with the matrices at each index of the batch dims, or with parts of them if the
  /// batch is small, on several threads.
  private func forEachPart(
    of product: GEMM, _ a: StridedView, _ b: StridedView, _ c: StridedView,
    _ body: (
      GEMM, UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer
    ) -> Void
  ) {
    let batch = c.layout.shape.dropLast(2).reduce(1, *)
    let parts = batch >= flambeau_thread_count() ? 1 : product.parts
    guard parts > 1 else {
      let work = max(product.m * product.n * product.k, 1)
      return forEachMatrix(a, b, c, grain: GEMM.grain / work + 1) { body(product, $0, $1, $2) }
    }
    let size = c.dtype.itemSize
    // A small batch is split within each matrix, along its longer side.
    forEachMatrix(a, b, c) { a, b, c in
      shared(count: parts, grain: 1) { range in
        for index in range {
          let part = product.part(index, of: parts)
          body(part.product, a + part.a * size, b + part.b * size, c + part.c * size)
        }
      }
    }
  }

  /// Calls `body` with the matrices at each index of the batch dims, on several threads if there
  /// are at least twice as many as the grain, else, or without a grain, on this thread.
  private func forEachMatrix(
    _ a: StridedView, _ b: StridedView, _ c: StridedView, grain: Int? = nil,
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
    shared(count: count, grain: grain ?? count) { range in
      for index in range { body(matrix(a, index), matrix(b, index), matrix(c, index)) }
    }
  }
}

/// Splits 0 ..< count among several threads, or runs all of it on this one if it is smaller than
/// two grains. BLAS is single-threaded in each, since its own threads would spin and compete with
/// ours.
func shared(count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  prepareBLAS
  // Other threads do not know of this one's postponed operations, whose results they may read.
  flambeau_run_if_postponed()
  guard count >= 2 * grain, flambeau_thread_count() > 1 else { return body(0..<count) }
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

extension GEMM {
  /// The number of multiplications that are worth a thread: about 20 µs.
  static let grain = 2_000_000

  /// The number of parts that the product is worth splitting into.
  var parts: Int {
    min(Int(flambeau_thread_count()), m * n * k / GEMM.grain, max(m, n))
  }

  /// One of several parts of the product: a range of c's rows, or of its columns if it has more of
  /// those; and where its matrices start, in elements.
  func part(_ part: Int, of parts: Int) -> (product: GEMM, a: Int, b: Int, c: Int) {
    let whole = max(m, n)
    // Multiples of 16, which suit the kernels of BLAS.
    let cuts = [part, part + 1].map { $0 == parts ? whole : whole * $0 / parts / 16 * 16 }
    var own = self
    if m >= n {
      own.m = cuts[1] - cuts[0]
      return (
        own, cuts[0] * (leftIsTransposed ? 1 : leftDimension), 0, cuts[0] * resultDimension
      )
    }
    own.n = cuts[1] - cuts[0]
    return (own, 0, cuts[0] * (rightIsTransposed ? rightDimension : 1), cuts[0])
  }

  /// Computes the product: in float32 or float64, or of integers, neither transposed nor
  /// accumulating.
  func run(
    _ dtype: DType, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer
  ) {
    if m == 0 || n == 0 { return }
    guard dtype.isFloatingPoint else { return flambeau_matmul(dtype, m, n, k, c, a, b) }
    if k > 0, m == 1 || (n == 1 && resultDimension == 1) { return runOnVector(dtype, a, b, c) }
    let left = leftIsTransposed ? CblasTrans : CblasNoTrans
    let right = rightIsTransposed ? CblasTrans : CblasNoTrans
    if dtype == .float32 {
      cblas_sgemm(
        CblasRowMajor, left, right, blasint(m), blasint(n), blasint(k), 1,
        a.assumingMemoryBound(to: Float.self), blasint(leftDimension),
        b.assumingMemoryBound(to: Float.self), blasint(rightDimension), accumulating ? 1 : 0,
        c.assumingMemoryBound(to: Float.self), blasint(resultDimension))
    } else {
      cblas_dgemm(
        CblasRowMajor, left, right, blasint(m), blasint(n), blasint(k), 1,
        a.assumingMemoryBound(to: Double.self), blasint(leftDimension),
        b.assumingMemoryBound(to: Double.self), blasint(rightDimension), accumulating ? 1 : 0,
        c.assumingMemoryBound(to: Double.self), blasint(resultDimension))
    }
  }
}

extension GEMM {
  /// The product if one side is a vector, for which BLAS has own kernels: they read the matrix as
  /// it is, without packing it.
  private func runOnVector(
    _ dtype: DType, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer
  ) {
    if m == 1 && n == 1 { return runOnVectors(dtype, a, b, c) }
    // A column on the right, or else cᵀ = bᵀ·aᵀ.
    let isColumn = n == 1
    let (matrix, vector) = isColumn ? (a, b) : (b, a)
    let isTransposed = isColumn ? leftIsTransposed : !rightIsTransposed
    let dimension = blasint(isColumn ? leftDimension : rightDimension)
    let step = blasint(
      isColumn
        ? (rightIsTransposed ? 1 : rightDimension) : (leftIsTransposed ? leftDimension : 1))
    let length = isColumn ? m : n
    let (rows, columns) = isTransposed ? (k, length) : (length, k)
    let order = isTransposed ? CblasTrans : CblasNoTrans
    if dtype == .float32 {
      cblas_sgemv(
        CblasRowMajor, order, blasint(rows), blasint(columns), 1,
        matrix.assumingMemoryBound(to: Float.self), dimension,
        vector.assumingMemoryBound(to: Float.self), step, accumulating ? 1 : 0,
        c.assumingMemoryBound(to: Float.self), 1)
    } else {
      cblas_dgemv(
        CblasRowMajor, order, blasint(rows), blasint(columns), 1,
        matrix.assumingMemoryBound(to: Double.self), dimension,
        vector.assumingMemoryBound(to: Double.self), step, accumulating ? 1 : 0,
        c.assumingMemoryBound(to: Double.self), 1)
    }
  }
}

extension GEMM {
  /// The product of two vectors, in parts of a fixed length, so that it does not depend on the
  /// number of threads.
  private func runOnVectors(
    _ dtype: DType, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer
  ) {
    let length = 65_536
    let parts = (k + length - 1) / length
    let (first, second) = (
      leftIsTransposed ? leftDimension : 1, rightIsTransposed ? 1 : rightDimension
    )
    withWorkspace(byteCount: parts * MemoryLayout<Double>.size) { memory in
      let sums = memory.bindMemory(to: Double.self, capacity: parts)
      shared(count: parts, grain: 1) { range in
        for part in range {
          let (start, count) = (part * length, blasint(min(length, k - part * length)))
          if dtype == .float32 {
            sums[part] = Double(
              cblas_sdot(
                count, a.assumingMemoryBound(to: Float.self) + start * first, blasint(first),
                b.assumingMemoryBound(to: Float.self) + start * second, blasint(second)))
          } else {
            sums[part] = cblas_ddot(
              count, a.assumingMemoryBound(to: Double.self) + start * first, blasint(first),
              b.assumingMemoryBound(to: Double.self) + start * second, blasint(second))
          }
        }
      }
      let total = (0..<parts).reduce(0) { $0 + sums[$1] }
      if dtype == .float32 {
        let result = c.assumingMemoryBound(to: Float.self)
        result.pointee = Float(accumulating ? Double(result.pointee) + total : total)
      } else {
        let result = c.assumingMemoryBound(to: Double.self)
        result.pointee = accumulating ? result.pointee + total : total
      }
    }
  }
}

/// Selects OpenBLAS's kernels and makes it single-threaded, once.
let prepareBLAS: Void = {
  flambeau_choose_blas_core()
  openblas_set_num_threads(1)
}()
