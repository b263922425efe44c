import Tensors

extension Workload {
  /// Scaled dot-product attention of [batch, heads, length, width], forward, and forward and
  /// backward.
  static let attention: [Workload] =
    [[8, 4, 64, 32], [8, 8, 128, 32], [2, 4, 1024, 32]].flatMap { shape in
      [DType.float32, .bfloat16].flatMap { dtype in
        [false, true].flatMap { isCausal in attention(shape, dtype, isCausal: isCausal) }
      }
    }

  private static func attention(_ shape: [Int], _ dtype: DType, isCausal: Bool) -> [Workload] {
    let sizes = shape.map(String.init).joined(separator: "×")
    let name =
      "\(isCausal ? "causal " : "")attention\(dtype == .float32 ? "" : " of \(dtype)"), \(sizes)"
    // Two products, of which causal attention needs half.
    let operations = Double(4 * shape.reduce(1, *) * shape[2]) / (isCausal ? 2 : 1)
    return bothWays(
      name, operations: operations, of: { (0..<3).map { _ in Tensor.randn(shape).to(dtype) } }
    ) { $0[0].scaledDotProductAttention($0[1], $0[2], isCausal: isCausal) }
  }
}
