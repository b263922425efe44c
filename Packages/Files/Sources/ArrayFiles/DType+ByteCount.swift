import Tensors

extension DType {
  /// The size of a tensor in bytes; nil for a shape that no tensor can have, even if another of its
  /// sizes is 0.
  @_spi(Flambeau) public func byteCount(of shape: [Int]) -> Int? {
    // With room for the widest dtype, as tensors themselves have it.
    var (bytes, isEmpty) = (8, false)
    guard shape.count <= 64 else { return nil }
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow, size >= 0 else { return nil }
      (bytes, isEmpty) = (product, isEmpty || size == 0)
    }
    return isEmpty ? 0 : bytes / 8 * itemSize
  }
}
