// How element-wise operations reach the backend: dtypes promoted, shapes broadcast.

func unary(_ operation: UnaryOperation, _ x: Tensor) -> Tensor {
  var x = x.view
  if operation.takesFloatingPoint, !x.dtype.isFloatingPoint {
    x = converted(x, to: .float32)
  } else if x.dtype == .bool {
    fatalError("\(operation): a tensor of bool has no such operation; use to(.int64) first")
  }
  let y = Tensor(empty: x.layout.contiguous, dtype: x.dtype, device: x.storage.device)
  y.backend.unary(operation, x, into: y.view)
  return y
}

func binary(_ operation: BinaryOperation, _ a: Tensor, _ b: Tensor) -> Tensor {
  if a.canMeet(b), a.dtype.isFloatingPoint || !operation.takesFloatingPoint {
    let y = StridedView(
      empty: a.view.layout.contiguous, dtype: a.view.dtype, device: a.view.storage.device)
    a.view.storage.device.backend.binary(operation, a.view, b.view, into: y)
    return Tensor(y)
  }
  let (a, b) = aligned(a, b, for: operation, floatingPoint: operation.takesFloatingPoint)
  let y = Tensor(empty: a.layout.contiguous, dtype: a.dtype, device: a.storage.device)
  y.backend.binary(operation, a, b, into: y.view)
  return y
}

func compare(_ comparison: Comparison, _ a: Tensor, _ b: Tensor) -> Tensor {
  let (a, b) = aligned(a, b, for: comparison, floatingPoint: false)
  let y = Tensor(empty: a.layout.contiguous, dtype: .bool, device: a.storage.device)
  y.backend.compare(comparison, a, b, into: y.view)
  return y
}

extension Tensor {
  /// Whether this tensor and another can be operands as they are: the common case, and the quick one.
  fileprivate func canMeet(_ other: Tensor) -> Bool {
    view.dtype == other.view.dtype && view.storage.device == other.view.storage.device
      && view.layout.hasShape(of: other.view.layout)
  }
}

/// Both operands in one dtype and one shape.
private func aligned(
  _ a: Tensor, _ b: Tensor, for operation: Any, floatingPoint: Bool
) -> (StridedView, StridedView) {
  if a.view.storage.device != b.view.storage.device {
    fatalError(
      "\(operation): one tensor is on \(a.device), the other on \(b.device); move one with to(_:)")
  }
  var x = a.view
  var y = b.view
  if x.dtype != y.dtype || (floatingPoint && !x.dtype.isFloatingPoint) {
    var dtype = Tensor.resultType(a, b)
    if floatingPoint, !dtype.isFloatingPoint { dtype = .float32 }
    x = a.operand(of: dtype)
    y = b.operand(of: dtype)
  }
  if x.layout.shape == y.layout.shape { return (x, y) }
  guard let shape = Layout.broadcastShape(x.layout.shape, y.layout.shape) else {
    fatalError(
      "\(operation): shapes \(a.shape) and \(b.shape) do not broadcast: aligned at the last dim, "
        + "sizes must be equal or 1")
  }
  return (
    x.with(x.layout.broadcast(to: shape)!), y.with(y.layout.broadcast(to: shape)!)
  )
}

extension Tensor {
  /// The dtype that an operation on two tensors computes in: `torch.result_type`. A number written in
  /// the program gives way to any tensor, and a tensor without dims to one with dims, unless it is of
  /// a higher kind.
  public static func resultType(_ a: Tensor, _ b: Tensor) -> DType {
    let promoted = a.dtype.promoted(with: b.dtype)
    if a.weight == b.weight { return promoted }
    let (strong, weak) = a.weight > b.weight ? (a.dtype, b.dtype) : (b.dtype, a.dtype)
    return weak.kind > strong.kind ? promoted : strong
  }

  /// How much its dtype counts.
  private var weight: Int { literal != nil ? 0 : ndim == 0 ? 1 : 2 }

  /// The elements in a dtype. A number is as precise as it was written.
  fileprivate func operand(of dtype: DType) -> StridedView {
    if let literal, dtype == .float64 { return Tensor(literal, dtype: .float64).view }
    return converted(view, to: dtype)
  }
}

/// The view itself if it has the dtype, else a copy that does.
func converted(_ x: StridedView, to dtype: DType) -> StridedView {
  if x.dtype == dtype { return x }
  let y = StridedView(empty: x.layout.contiguous, dtype: dtype, device: x.storage.device)
  y.storage.device.backend.convert(x, into: y)
  return y
}

extension DType {
  /// Truth values, whole numbers, fractions.
  fileprivate var kind: Int { self == .bool ? 0 : isFloatingPoint ? 2 : 1 }
}

extension Tensor {
  /// The elements in another dtype: `torch.Tensor.to`. This tensor itself if it has it already.
  public func to(_ dtype: DType) -> Tensor {
    if dtype == self.dtype { return self }
    let own = self.dtype
    let result = Tensor(converted(view, to: dtype))
    guard dtype.isFloatingPoint else { return result }
    return result.recorded("to", .wrt(self) { g in g.to(own) })
  }

  /// The elements on another device: `torch.Tensor.to`. This tensor itself if it is there already.
  public func to(_ device: Device) -> Tensor {
    if device == self.device { return self }
    let own = self.device
    let source = view.contiguous()
    let result = Tensor(empty: shape, dtype: dtype, device: device)
    let byteCount = numel * dtype.itemSize
    withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 64) { host in
      guard let start = host.baseAddress else { return }
      backend.copyOut(from: source.pointer, to: start, byteCount: byteCount)
      device.backend.copy(from: start, to: result.view.pointer, byteCount: byteCount)
    }
    return result.recorded("to", .wrt(self) { g in g.to(own) })
  }

  /// Whether both tensors share memory.
  func sharesStorage(with other: Tensor) -> Bool {
    view.storage.pointer == other.view.storage.pointer
  }

  /// This tensor if it is contiguous, else a copy that is.
  public func contiguous() -> Tensor {
    if isContiguous { return self }
    return Tensor(view.contiguous()).recorded("contiguous", .wrt(self) { g in g })
  }

  /// A copy with memory of its own.
  public func clone() -> Tensor {
    let result = Tensor(empty: shape, dtype: dtype, device: device)
    backend.convert(view, into: result.view)
    return result.recorded("clone", .wrt(self) { g in g })
  }

  /// Copies another tensor's elements over this one's, in place: `torch.Tensor.copy_`.
  public func copy(from other: Tensor) {
    guard let layout = other.view.layout.broadcast(to: shape) else {
      fatalError("copy(from:): shape \(other.shape) does not broadcast to \(shape)")
    }
    let source = other.to(device)
    changeInPlace("copy(from:)") { backend.convert(source.view.with(layout), into: $0) }
  }
}
