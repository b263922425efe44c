@_spi(Flambeau) import Devices

// The one place above devices where memory is read and written by others than kernels.

extension Tensor {
  /// Calls `body` with the elements, row by row. They are copied where they are on another device than the CPU, or do
  /// not lie one after another.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let source = noGrad { detach().to(.cpu).contiguous() }
    return try withExtendedLifetime(source) { try body(source.bytes) }
  }

  /// Calls `body` with the elements to change them in place: `torch.Tensor.data_ptr`. They must be on the CPU and lie
  /// one after another; else the program stops.
  public func withUnsafeMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try changeInPlace("withUnsafeMutableBytes") { _ in try body(mutableBytes) }
  }

  /// The memory of a tensor on the CPU whose elements lie one after another. It lives as long as it.
  @_spi(Flambeau) public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(mutableBytes) }

  /// The same, for one that is new and to be filled.
  @_spi(Flambeau) public var mutableBytes: UnsafeMutableRawBufferPointer {
    guard device == .cpu, isContiguous else {
      fatalError(
        "bytes: a tensor of shape \(shape) and strides \(strides) on \(device); it must be contiguous and on "
          + "the CPU")
    }
    return UnsafeMutableRawBufferPointer(start: view.pointer, count: numel * dtype.itemSize)
  }
}
