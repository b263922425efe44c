// Copies between devices.

extension StridedView {
  /// A contiguous copy on another device.
  ///
  /// - Parameters:
  ///   - device: the target device.
  ///   - nonBlocking: whether the call may return before the copy is done. The source of a copy to
  ///     a GPU must then be in page-locked memory and stay unchanged until it is done; a copy from
  ///     a GPU is complete only after `CUDA.synchronize()`.
  public func moved(to device: Device, nonBlocking: Bool = false) -> StridedView {
    let source = contiguous()
    for end in [device, storage.device] where end != .cpu {
      if let copy = end.backend.directCopy(of: source, to: device, nonBlocking: nonBlocking) {
        return copy
      }
    }
    let target = StridedView(empty: layout.contiguous, dtype: dtype, device: device)
    let byteCount = layout.numel * dtype.itemSize
    if storage.device == .cpu {
      device.backend.copy(from: source.pointer, to: target.pointer, byteCount: byteCount)
    } else if device == .cpu {
      storage.device.backend.copyOut(
        from: source.pointer, to: target.pointer, byteCount: byteCount)
    } else {
      return source.moved(to: .cpu).moved(to: device)
    }
    return target
  }

  /// A copy in page-locked host memory, from which a GPU copies asynchronously. Stops the program
  /// if no device can.
  public func pinned() -> StridedView {
    guard let backend = Device.others.first(where: \.pinsMemory) else {
      fatalError(
        "pinMemory: no device here copies asynchronously from page-locked memory; check Tensor.canPinMemory first"
      )
    }
    return backend.pinned(self)
  }

  /// Whether there is a device that copies asynchronously from page-locked memory.
  public static var canBePinned: Bool { Device.others.contains(where: \.pinsMemory) }

  /// Whether it is in page-locked host memory.
  public var isPinned: Bool { PinnedMemory.isPinned(storage) }
}
