import COneDNN

/// A product in half precision, with sums in float32 that are rounded once.
struct CompiledProduct {
  private let whole: GEMM
  private let dtype: DType
  private let operation: CompiledOperation

  /// - Returns: nil if oneDNN is missing, or has no fast kernel for this product.
  init?(_ product: GEMM, _ dtype: DType) {
    guard OneDNN.isAvailable, product.k > 0, let operation = product.compiled(dtype) else {
      return nil
    }
    (whole, self.dtype, self.operation) = (product, dtype, operation)
  }

  /// Computes the product, or a part of it.
  func run(
    _ product: GEMM, _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer,
    _ c: UnsafeMutableRawPointer
  ) {
    guard product.m > 0, product.n > 0 else { return }
    let isWhole = product.m == whole.m && product.n == whole.n
    guard let operation = isWhole ? operation : product.compiled(dtype) else {
      fatalError("oneDNN multiplies matrices of \(dtype), but not parts of them")
    }
    let memory = [a, b, c].map { OneDNNMemory(elements: $0, reordered: nil) } + [OneDNNMemory()]
    withWorkspace(byteCount: operation.workspaceSize) { operation.run(memory, in: $0) }
  }
}

extension GEMM {
  fileprivate func compiled(_ dtype: DType) -> CompiledOperation? {
    guard let number = OneDNN.number(of: dtype) else { return nil }
    let product = OneDNNProduct(
      dtype: number, accumulates: accumulating, m: Int64(m), n: Int64(n), k: Int64(k),
      left_strides: strides(leftDimension, leftIsTransposed),
      right_strides: strides(rightDimension, rightIsTransposed),
      result_stride: Int64(resultDimension))
    let numbers = [
      Int(number), accumulating ? 1 : 0, m, n, k, leftDimension, leftIsTransposed ? 1 : 0,
      rightDimension, rightIsTransposed ? 1 : 0, resultDimension,
    ]
    return OneDNN.operation(numbers) {
      withUnsafePointer(to: product) { flambeau_onednn_product($0) }
    }
  }

  private func strides(_ dimension: Int, _ isTransposed: Bool) -> (Int64, Int64) {
    isTransposed ? (1, Int64(dimension)) : (Int64(dimension), 1)
  }
}
