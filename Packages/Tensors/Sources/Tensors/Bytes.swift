@_spi(Flambeau) import Devices

// Direct access to a tensor's memory, without kernels.

extension Tensor {
  /// Calls `body` with the elements in row-major order, copied if the tensor is not contiguous or
  /// not on the CPU.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let source = noGrad { detach().to(.cpu).contiguous() }
    return try withExtendedLifetime(source) { try body(source.bytes) }
  }

  /// Calls `body` with the elements' memory, to change them in place: `torch.Tensor.data_ptr`.
  /// Stops the program unless the tensor is contiguous and on the CPU.
  public func withUnsafeMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try changeInPlace("withUnsafeMutableBytes") { _ in try body(mutableBytes) }
  }

  /// The memory of a contiguous tensor on the CPU; valid as long as the tensor is alive.
  @_spi(Flambeau) public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(mutableBytes) }

  /// The same memory, to fill a new tensor.
  @_spi(Flambeau) public var mutableBytes: UnsafeMutableRawBufferPointer {
    guard device == .cpu, isContiguous else {
      fatalError(
        "bytes: a tensor of shape \(shape) and strides \(strides) on \(device); it must be contiguous and on "
          + "the CPU")
    }
    return UnsafeMutableRawBufferPointer(start: view.pointer, count: numel * dtype.itemSize)
  }
}
