import CCUDA
import CUDAKernels

// Matrix products, and recurrences, which use them.

extension CUDABackend {
  func matmul(_ a: StridedView, _ b: StridedView, into c: StridedView, accumulating: Bool) {
    prepare("matmul", [a, b, c])
    guard c.layout.numel > 0 else { return }
    if let type = c.dtype.productType, a.layout.shape[a.layout.rank - 1] > 0 {
      batches(a, b, c, type, accumulating)
    } else {
      ownMatmul(a, b, c, accumulating)
    }
  }

  /// The product by our own kernel, for types that cuBLAS does not support.
  private func ownMatmul(
    _ a: StridedView, _ b: StridedView, _ c: StridedView, _ accumulating: Bool
  ) {
    let rank = c.layout.rank
    let batch = Array(c.layout.shape.dropLast(2))
    var launch = MatmulLaunch()
    (launch.m, launch.n) = (Int64(c.layout.shape[rank - 2]), Int64(c.layout.shape[rank - 1]))
    launch.k = Int64(a.layout.shape[rank - 1])
    (launch.a, launch.b) = (UnsafeRawPointer(a.pointer), UnsafeRawPointer(b.pointer))
    launch.c = c.pointer
    func stride(_ view: StridedView, _ place: Int) -> Int64 {
      Int64(view.layout.strides[rank - place])
    }
    (launch.a_row, launch.a_column) = (stride(a, 2), stride(a, 1))
    (launch.b_row, launch.b_column) = (stride(b, 2), stride(b, 1))
    launch.a_batch = Extents(shape: batch, strides: a.layout.strides.dropLast(2))
    launch.b_batch = Extents(shape: batch, strides: b.layout.strides.dropLast(2))
    launch.accumulates = accumulating
    let tiles = tiles(Int(launch.m)) * tiles(Int(launch.n))
    gpu.launch(
      kernel("matmul", in: "matmul", c.dtype), blocks: batch.reduce(1, *) * tiles, launch)
  }

  /// The number of tiles of our kernels that cover a side of a matrix.
  func tiles(_ size: Int) -> Int { (size + Int(MATMUL_TILE) - 1) / Int(MATMUL_TILE) }

  /// The product by cuBLAS, with one strided batched call for the innermost batch dim.
  private func batches(
    _ a: StridedView, _ b: StridedView, _ c: StridedView, _ type: ProductType, _ accumulating: Bool
  ) {
    let rank = c.layout.rank
    let (left, right) = (DenseMatrices(a), DenseMatrices(b))
    let product = GEMM(
      m: c.layout.shape[rank - 2], n: c.layout.shape[rank - 1], k: a.layout.shape[rank - 1],
      left: left, right: right, accumulating: accumulating)
    let walk = Walk(
      [left.view, right.view, c], shape: Array(c.layout.shape.dropLast(2)),
      strides: [left.view, right.view, c].map { $0.layout.strides.dropLast(2) })
    walk.withBatches { offsets, strides, count in
      func place(_ view: StridedView, _ k: Int) -> UnsafeMutableRawPointer {
        view.pointer + offsets[k] * view.dtype.itemSize
      }
      run(
        product, type, place(left.view, 0), place(right.view, 1), place(c, 2), count: count,
        strides: strides)
    }
  }

  /// cuBLAS is column-major, so row-major c = a·b is computed as cᵀ = bᵀ·aᵀ.
  private func run(
    _ product: GEMM, _ type: ProductType, _ a: UnsafeMutableRawPointer,
    _ b: UnsafeMutableRawPointer,
    _ c: UnsafeMutableRawPointer, count: Int = 1, strides: [Int] = [0, 0, 0]
  ) {
    func order(_ isTransposed: Bool) -> Int32 { Int32(isTransposed ? CUBLAS_OP_T : CUBLAS_OP_N) }
    type.withFactors(product.accumulating) { one, kept in
      gpu.withProducts("cublasGemmStridedBatchedEx") { handle in
        gpu.libraries.blas.cublasGemmStridedBatchedEx(
          handle, order(product.rightIsTransposed), order(product.leftIsTransposed),
          Int32(product.n), Int32(product.m), Int32(product.k), one, b, type.element,
          Int32(product.rightDimension), Int64(strides[1]), a, type.element,
          Int32(product.leftDimension), Int64(strides[0]), kept, c, type.element, Int32(product.n),
          Int64(strides[2]), Int32(count), type.sums, Int32(CUBLAS_GEMM_DEFAULT))
      }
    }
  }

  // MARK: Recurrences

  func lstm(
    _ gates: StridedView, _ h: StridedView, _ c: StridedView, weight: StridedView,
    into states: StridedView
  ) {
    prepare("lstm", [gates, h, c, weight, states])
    let sizes = RecurrentSizes(gates, h)
    let type = gates.dtype.productType!
    let product = GEMM(
      m: sizes.batch, n: 4 * sizes.size, k: sizes.size, leftDimension: sizes.size,
      rightIsTransposed: true, rightDimension: sizes.size, accumulating: true)
    let rows = Rows((sizes.batch, sizes.size))
    let step = kernel("lstm", in: "recurrent", gates.dtype)
    guard sizes.batch * sizes.size > 0 else { return }
    var (hidden, cell) = (sizes.row(h, 0), sizes.row(c, 0))
    for time in 0..<sizes.length {
      let now = sizes.row(gates, time, width: 4)
      let (nextHidden, nextCell) = (sizes.row(states, 2 * time), sizes.row(states, 2 * time + 1))
      run(product, type, hidden, weight.pointer, now)
      gpu.launch(step, over: sizes.batch * sizes.size, rows, now, cell, nextCell, nextHidden)
      (hidden, cell) = (nextHidden, nextCell)
    }
  }

  func lstmGradients(
    _ gradient: StridedView, _ gates: StridedView, _ states: StridedView, c: StridedView,
    weight: StridedView, into gradients: StridedView, dh: StridedView, dc: StridedView
  ) {
    prepare("lstm", [gradient, gates, states, c, weight, gradients, dh, dc])
    let sizes = RecurrentSizes(gates, c)
    let type = gates.dtype.productType!
    let product = GEMM(
      m: sizes.batch, n: sizes.size, k: 4 * sizes.size, leftDimension: 4 * sizes.size,
      rightDimension: sizes.size)
    let rows = Rows((sizes.batch, sizes.size))
    let step = kernel("lstm_gradients", in: "recurrent", gates.dtype)
    let count = sizes.batch * sizes.size
    guard count > 0 else { return }
    func part(_ view: StridedView, _ index: Int) -> StridedView {
      view.with(
        Layout(
          shape: [count], strides: [1], offset: view.layout.offset + index * count))
    }
    let (hidden, cell) = (part(dh, 0), part(dc, 0))
    for time in (0..<sizes.length).reversed() {
      binary(.add, hidden, part(gradient, 2 * time), into: hidden)
      binary(.add, cell, part(gradient, 2 * time + 1), into: cell)
      let now = sizes.row(gradients, time, width: 4)
      let before = time == 0 ? sizes.row(c, 0) : sizes.row(states, 2 * time - 1)
      gpu.launch(
        step, over: count, rows, now, cell.pointer, hidden.pointer,
        sizes.row(gates, time, width: 4),
        before, sizes.row(states, 2 * time + 1))
      run(product, type, now, weight.pointer, hidden.pointer)
    }
  }
}

/// cuBLAS's constants for an element type and for the type that sums are accumulated in.
struct ProductType {
  let element: Int32
  let sums: Int32

  /// Calls `body` with alpha, which is 1, and beta, which is 1 or 0, in the type of sums.
  func withFactors(_ accumulating: Bool, _ body: (UnsafeRawPointer, UnsafeRawPointer) -> Void) {
    if sums == CUBLAS_COMPUTE_64F {
      withUnsafePointer(to: 1.0) { one in
        withUnsafePointer(to: accumulating ? 1.0 : 0.0) { body(one, $0) }
      }
    } else {
      withUnsafePointer(to: Float(1)) { one in
        withUnsafePointer(to: Float(accumulating ? 1 : 0)) { body(one, $0) }
      }
    }
  }
}

extension DType {
  /// Nil if cuBLAS has no products of the type.
  var productType: ProductType? {
    switch self {
    case .float64: ProductType(element: Int32(CUDA_R_64F), sums: Int32(CUBLAS_COMPUTE_64F))
    case .float32:
      ProductType(
        element: Int32(CUDA_R_32F),
        sums: Int32(CUDA.allowsTF32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F))
    case .float16: ProductType(element: Int32(CUDA_R_16F), sums: Int32(CUBLAS_COMPUTE_32F))
    case .bfloat16: ProductType(element: Int32(CUDA_R_16BF), sums: Int32(CUBLAS_COMPUTE_32F))
    default: nil
    }
  }
}

extension Walk {
  /// Calls `body` for each strided batch along the innermost dim, with the offsets of its first
  /// matrices, the strides between matrices, and their number.
  fileprivate func withBatches(_ body: ([Int], [Int], Int) -> Void) {
    let width = Int(LAUNCH_MAX_OPERANDS)
    let sizes = withUnsafeBytes(of: shape) { bytes in
      (0..<Int(rank)).map { Int(bytes.load(fromByteOffset: 8 * $0, as: Int64.self)) }
    }
    let steps = withUnsafeBytes(of: strides) { bytes in
      (0..<Int(rank)).map { dim in
        (0..<3).map { Int(bytes.load(fromByteOffset: 8 * (dim * width + $0), as: Int64.self)) }
      }
    }
    let outer: Int = sizes.dropLast().reduce(1, *)
    for index in 0..<outer {
      var (offsets, rest) = ([0, 0, 0], index)
      for dim in sizes.indices.dropLast().reversed() {
        for k in 0..<3 { offsets[k] += rest % sizes[dim] * steps[dim][k] }
        rest /= sizes[dim]
      }
      body(offsets, steps.last ?? [0, 0, 0], sizes.last ?? 1)
    }
  }
}
