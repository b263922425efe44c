// Copies from one device to another.

extension StridedView {
  /// A contiguous copy on another device.
  ///
  /// - Parameters:
  ///   - device: where to.
  ///   - nonBlocking: whether the call may return before the copy is done. A copy to a GPU then needs its source in
  ///     page-locked memory, unchanged until then; a copy from a GPU is complete after `CUDA.synchronize()` only.
  public func moved(to device: Device, nonBlocking: Bool = false) -> StridedView {
    let source = contiguous()
    for end in [device, storage.device] where end != .cpu {
      if let copy = end.backend.quickCopy(of: source, to: device, nonBlocking: nonBlocking) {
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

  /// A copy in page-locked memory of the CPU, from which a GPU copies by itself; stops the program where no device
  /// does.
  public func pinned() -> StridedView {
    guard let backend = Device.others.first(where: \.pinsMemory) else {
      fatalError(
        "pinMemory: no device here copies from page-locked memory by itself; ask Tensor.canPinMemory beforehand"
      )
    }
    return backend.pinned(self)
  }

  /// Whether there is a device that copies from page-locked memory by itself.
  public static var canBePinned: Bool { Device.others.contains(where: \.pinsMemory) }

  /// Whether it lies in page-locked memory of the CPU.
  public var isPinned: Bool { PinnedMemory.isPinned(storage) }
}
