import CCUDA

// Copies to, from and between GPUs, and page-locked memory.

extension CUDABackend {
  func directCopy(of source: StridedView, to device: Device, nonBlocking: Bool) -> StridedView? {
    let byteCount = source.layout.numel * source.dtype.itemSize
    func target(_ storage: Storage) -> StridedView {
      StridedView(storage: storage, layout: source.layout.contiguous, dtype: source.dtype)
    }
    switch (source.storage.device.kind, device.kind) {
    case (.cuda, .cuda):
      let copy = target(makeStorage(byteCount: byteCount))
      gpu.copy(source, from: CUDA.gpu(source.storage.device), into: copy, byteCount: byteCount)
      return copy
    case (.cuda, .cpu) where nonBlocking:
      let copy = target(gpu.makePinnedStorage(byteCount: byteCount))
      gpu.startCopyOut(source, into: copy, byteCount: byteCount)
      return copy
    case (.cpu, .cuda) where source.isPinned:
      let copy = target(makeStorage(byteCount: byteCount))
      self.copy(from: source.pointer, to: copy.pointer, byteCount: byteCount)
      if nonBlocking {
        PinnedMemory.use(source.storage, on: gpu)
      } else {
        gpu.synchronizeStream()
      }
      return copy
    default: return nil
    }
  }

  var pinsMemory: Bool { true }

  func pinned(_ x: StridedView) -> StridedView {
    if x.isPinned { return x }
    let byteCount = x.layout.numel * x.dtype.itemSize
    let copy = StridedView(
      storage: gpu.makePinnedStorage(byteCount: byteCount), layout: x.layout.contiguous,
      dtype: x.dtype)
    copy.pointer.copyMemory(from: x.contiguous().pointer, byteCount: byteCount)
    return copy
  }
}

extension GPU {
  /// Starts a copy to page-locked host memory.
  fileprivate func startCopyOut(_ source: StridedView, into copy: StridedView, byteCount: Int) {
    guard byteCount > 0 else { return }
    activate()
    requireNoCapture("a copy to host memory")
    memory.use(source.block, on: stream)
    check(
      driver.cuMemcpyDtoHAsync(copy.pointer, source.pointer.devicePointer, byteCount, stream),
      "cuMemcpyDtoHAsync")
    PinnedMemory.use(copy.storage, on: self)
  }

  /// Copies from another GPU, after the work already queued on its stream and before any later work
  /// there.
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
