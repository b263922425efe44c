import Tensors

extension DType {
  /// The size of a tensor in bytes; nil for a shape that no tensor can have, even if one of its
  /// sizes is 0.
  @_spi(Flambeau) public func byteCount(of shape: [Int]) -> Int? {
    // The limit is that of the widest dtype, 8 bytes, as for tensors themselves.
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
