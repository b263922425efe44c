import CCUDA

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
    let byteCount = layout.numel * dtype.itemSize
    let here = storage.device
    func copy(in storage: Storage) -> StridedView {
      StridedView(storage: storage, layout: Layout(contiguous: layout.shape), dtype: dtype)
    }
    switch (here.kind, device.kind) {
    case (.cuda, .cuda):
      let copy = copy(in: .make(byteCount: byteCount, device: device))
      CUDA.gpu(device).copy(source, from: CUDA.gpu(here), into: copy, byteCount: byteCount)
      return copy
    case (.cuda, _):
      let gpu = CUDA.gpu(here)
      let storage = nonBlocking ? gpu.makePinnedStorage(byteCount: byteCount) : nil
      let copy = copy(in: storage ?? .make(byteCount: byteCount, device: device))
      if nonBlocking {
        gpu.startCopyOut(source, into: copy, byteCount: byteCount)
      } else {
        here.backend.copyOut(from: source.pointer, to: copy.pointer, byteCount: byteCount)
      }
      return copy
    default:
      let copy = copy(in: .make(byteCount: byteCount, device: device))
      device.backend.copy(from: source.pointer, to: copy.pointer, byteCount: byteCount)
      if device.kind == .cuda, source.isPinned {
        let gpu = CUDA.gpu(device)
        if nonBlocking {
          PinnedMemory.use(source.storage, on: gpu)
        } else {
          gpu.synchronizeStream()
        }
      }
      return copy
    }
  }

  /// A copy in page-locked memory of the CPU, from which a GPU copies by itself; stops the program where there is
  /// no GPU.
  public func pinned() -> StridedView {
    if PinnedMemory.isPinned(storage) { return self }
    let byteCount = layout.numel * dtype.itemSize
    let copy = StridedView(
      storage: CUDA.gpu(.cuda()).makePinnedStorage(byteCount: byteCount),
      layout: Layout(contiguous: layout.shape), dtype: dtype)
    copy.pointer.copyMemory(from: contiguous().pointer, byteCount: byteCount)
    return copy
  }

  /// Whether it lies in page-locked memory of the CPU.
  public var isPinned: Bool { PinnedMemory.isPinned(storage) }
}

extension GPU {
  /// Starts a copy to the program's page-locked memory.
  fileprivate func startCopyOut(_ source: StridedView, into copy: StridedView, byteCount: Int) {
    guard byteCount > 0 else { return }
    activate()
    requireNoCapture("a copy to the program's memory")
    memory.use(source.block, on: stream)
    check(
      driver.cuMemcpyDtoHAsync(copy.pointer, source.pointer.devicePointer, byteCount, stream),
      "cuMemcpyDtoHAsync")
    PinnedMemory.use(copy.storage, on: self)
  }

  /// Copies from another GPU, between what that has been given so far and what it is given later.
  fileprivate func copy(
    _ source: StridedView, from other: GPU, into copy: StridedView, byteCount: Int
  ) {
    guard byteCount > 0 else { return }
    let (ready, done) = (CUDA.Event(other.device), CUDA.Event(device))
    ready.record()
    activate()
    check(driver.cuStreamWaitEvent(stream, ready.handle, 0), "cuStreamWaitEvent")
    check(
      driver.cuMemcpyPeerAsync(
        copy.pointer.devicePointer, context, source.pointer.devicePointer, other.context, byteCount,
        stream), "cuMemcpyPeerAsync")
    done.record()
    other.activate()
    other.check(driver.cuStreamWaitEvent(other.stream, done.handle, 0), "cuStreamWaitEvent")
  }
}
