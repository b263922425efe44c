// Copies of elements: to other dtypes, devices and layouts, and into existing tensors.

extension Operator {
  fileprivate static let toType = Operator(
    "to", .wrt(.x, "g in the input's dtype") { (g, dtype: DType) in g.to(dtype) }.symmetric())
  fileprivate static let toDevice = Operator(
    "to",
    .wrt(.x, "g on the input's device") { (g, a: DeviceChange) in g.to(a.from) }
      .forward { (t, a: DeviceChange) in t.to(a.to) })
  static let clone = Operator("clone", .wrt(.x, "g") { g in g }.symmetric())
  static let contiguous = Operator("contiguous", .wrt(.x, "g") { g in g }.symmetric())
}

extension Tensor {
  /// The elements in another dtype: `torch.Tensor.to`. Returns this tensor itself if it already has
  /// the dtype.
  public func to(_ dtype: DType) -> Tensor {
    if dtype == self.dtype { return self }
    let result = Tensor(view.denselyCopied(to: dtype))
    return dtype.isFloatingPoint ? result.recorded(.toType, self, with: self.dtype) : result
  }

  /// The elements on another device: `torch.Tensor.to`. Returns this tensor itself if it is already
  /// there.
  ///
  /// - Parameters:
  ///   - device: the target, as in `"cuda:0"`.
  ///   - nonBlocking: whether the call may return before the copy is done. To a GPU, the source
  ///     must then be in memory from ``pinMemory()`` and stay unchanged; from a GPU, the elements
  ///     are valid after `CUDA.synchronize()`.
  public func to(_ device: Device, nonBlocking: Bool = false) -> Tensor {
    if device == self.device { return self }
    return Tensor(view.inMemoryOrder { $0.moved(to: device, nonBlocking: nonBlocking) })
      .recorded(.toDevice, self, with: DeviceChange(from: self.device, to: device))
  }

  /// A copy in page-locked memory, from which a GPU copies asynchronously:
  /// `torch.Tensor.pin_memory`. Returns this tensor itself if it is already pinned; stops the
  /// program if there is no GPU.
  public func pinMemory() -> Tensor {
    guard device == .cpu else {
      fatalError("pinMemory: a tensor on \(device); it must be on the CPU")
    }
    if isPinned { return self }
    return Tensor(view.pinned()).recorded(.clone, self)
  }

  /// Whether this machine has a device that copies asynchronously from page-locked memory, as
  /// ``pinMemory()`` requires.
  public static var canPinMemory: Bool { StridedView.canBePinned }

  /// Whether it is in page-locked memory: `torch.Tensor.is_pinned`.
  public var isPinned: Bool { view.isPinned }

  /// Whether both tensors share memory.
  func sharesStorage(with other: Tensor) -> Bool {
    view.sharesStorage(with: other.view)
  }

  /// This tensor if it is contiguous, else a contiguous copy: `torch.Tensor.contiguous`.
  public func contiguous() -> Tensor {
    if isContiguous { return self }
    return Tensor(view.contiguous()).recorded(.contiguous, self)
  }

  /// A copy in its own memory, with the same memory order: `torch.Tensor.clone`.
  public func clone() -> Tensor {
    Tensor(view.denselyCopied()).recorded(.clone, self)
  }

  /// Sets all elements to a number, in place: `torch.Tensor.fill_`.
  public func fill<Number: TensorElement & TensorData>(_ value: Number)
  where Number.Scalar == Number {
    copy(from: Tensor(exactly: value))
  }

  /// Copies the elements of another tensor, which is broadcast, into this one, in place:
  /// `torch.Tensor.copy_`.
  public func copy(from other: Tensor) {
    // A literal keeps its full precision.
    let other =
      other.literal != nil && dtype == .float64 ? Tensor(other.operand(of: dtype)) : other
    guard let layout = other.view.layout.broadcast(to: shape) else {
      fatalError("copy(from:): shape \(other.shape) does not broadcast to \(shape)")
    }
    if isChangeRecorded(by: other) {
      let source = other.to(device).to(dtype)
      return replace("copy(from:)") { before in .where(Tensor(true), source, before) }
    }
    let source = other.to(device)
    changeInPlace("copy(from:)") {
      backend.convert(source.view.with(layout).apart(from: $0), into: $0)
    }
  }
}

/// The attributes of a copy to another device.
private struct DeviceChange {
  let from: Device
  let to: Device
}

extension StridedView {
  /// This view, or a copy if it overlaps a target without being the same view: a kernel must not
  /// read an element after writing it.
  func apart(from target: StridedView) -> StridedView {
    sharesStorage(with: target) && layout !== target.layout ? copied() : self
  }
}
