// Dispatch of element-wise operations to the backend, with dtype promotion and broadcasting.

/// Applies and records an element-wise operation.
@inline(__always)
func unary(_ operation: Operator, _ x: Tensor) -> Tensor {
  let y = computed(operation, x, 0, 0)
  return operation.isDifferentiable ? y.recorded(operation, x) : y
}

/// Applies and records an element-wise operation with parameters.
func unary(_ operation: Operator, _ x: Tensor, _ parameters: Parameters) -> Tensor {
  computed(operation, x, parameters[0], parameters.count > 1 ? parameters[1] : 0)
    .recorded(operation, x, with: parameters)
}

private func computed(_ operation: Operator, _ x: Tensor, _ p: Double, _ q: Double) -> Tensor {
  let kernel = operation.unaryKernel!
  var x = x.view.converted(for: kernel, kernel.domain)
  if Autocast.current != nil { x = x.converted(to: x.dtype(for: operation.precision)) }
  if x.dtype == .bool, kernel != .bitwiseNot {
    fatalError("\(kernel): a tensor of bool has no such operation; use to(.int64) first")
  }
  let backend = x.storage.device.backend
  if x.layout.isContiguous {
    let y = Tensor(empty: x.layout.contiguous, dtype: x.dtype, device: x.storage.device)
    backend.unary(kernel, x, p, q, into: y.view)
    return y
  }
  return elementwise([x], x.dtype, x.storage.device) {
    backend.unary(kernel, $0[0], p, q, into: $1)
  }
}

/// Applies and records an element-wise operation on two tensors.
@inline(__always)
func binary(_ operation: Operator, _ a: Tensor, _ b: Tensor) -> Tensor {
  let y = computed(operation, a, b)
  return operation.isDifferentiable ? y.recorded(operation, a, b) : y
}

private func computed(_ operation: Operator, _ a: Tensor, _ b: Tensor) -> Tensor {
  let kernel = operation.binaryKernel!
  let isDefined =
    operation.domain == .all || (operation.domain == .floatingPoint) == a.view.dtype.isFloatingPoint
  if isDefined, a.canMeet(b) { return binary(kernel, a.view, b.view, a.view.storage.device) }
  if let x = a.literal, let y = b.literal, let number = kernel.number(x, y) {
    let isWhole = !a.dtype.isFloatingPoint && !b.dtype.isFloatingPoint && kernel != .divide
    return isWhole
      ? Tensor(literal: Int(number), value: number) : Tensor(literal: number, value: number)
  }
  let (x, y) = aligned(a, b, for: kernel, operation.domain)
  return binary(kernel, x, y, commonDevice(a, b))
}

/// Applies a kernel to operands of one shape and dtype.
@inline(__always)
private func binary(
  _ operation: BinaryOperation, _ a: StridedView, _ b: StridedView, _ device: Device
) -> Tensor {
  if a.layout.isContiguous || Layout.areInMemoryOrder(a.layout, b.layout) {
    let layout = a.layout.isContiguous ? a.layout.contiguous : b.layout.contiguous
    let y = StridedView(empty: layout, dtype: a.dtype, device: device)
    device.backend.binary(operation, a, b, into: y)
    return Tensor(y)
  }
  return elementwise([a, b], a.dtype, device) {
    device.backend.binary(operation, $0[0], $0[1], into: $1)
  }
}

func compared(_ comparison: Comparison, _ a: Tensor, _ b: Tensor) -> Tensor {
  let device = commonDevice(a, b)
  let (a, b) = aligned(a, b, for: comparison, .all)
  return elementwise([a, b], .bool, device) {
    device.backend.compare(comparison, $0[0], $0[1], into: $1)
  }
}

func test(_ test: ElementTest, _ x: Tensor) -> Tensor {
  elementwise([x.view], .bool, x.device) { x.backend.test(test, $0[0], into: $1) }
}

/// a where the condition is true, else b.
func choose(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  let device =
    condition.isCPUScalar ? commonDevice(a, b) : commonDevice(condition, a.isCPUScalar ? b : a)
  guard condition.dtype == .bool, condition.device == device || condition.isCPUScalar else {
    fatalError(
      "where: the condition is \(condition.dtype) on \(condition.device); it must be bool on \(device)"
    )
  }
  let (x, y) = aligned(a, b, for: "where", .all)
  guard let shape = Layout.broadcastShape(condition.shape, x.layout.shape) else {
    fatalError("where: shapes \(condition.shape), \(a.shape) and \(b.shape) do not broadcast")
  }
  let operands = [condition.view, x, y].map { $0.with($0.layout.broadcast(to: shape)!) }
  return elementwise(operands, x.dtype, device) {
    device.backend.select($0[0], $0[1], $0[2], into: $1)
  }
}

/// Applies a kernel to operands of one shape; the result takes on their memory order.
private func elementwise(
  _ operands: [StridedView], _ dtype: DType, _ device: Device,
  _ kernel: ([StridedView], StridedView) -> Void
) -> Tensor {
  guard let order = Layout.memoryOrder(operands.map(\.layout)) else {
    let y = Tensor(empty: operands[0].layout.contiguous, dtype: dtype, device: device)
    kernel(operands, y.view)
    return y
  }
  // With its dims in memory order, the result is contiguous.
  let ordered = operands.map { $0.permuted(order) }
  let y = StridedView(empty: ordered[0].layout.contiguous, dtype: dtype, device: device)
  kernel(ordered, y)
  return Tensor(y.with(y.layout.restored(from: order)))
}

extension BinaryOperation {
  /// Arithmetic on literals, such as 2 * 0.1 in `x * (2 * 0.1)`.
  fileprivate func number(_ a: Double, _ b: Double) -> Double? {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    default: nil
    }
  }
}

extension StridedView {
  /// The view converted to a dtype that an operation is defined on.
  fileprivate func converted(for operation: Any, _ domain: Domain) -> StridedView {
    switch domain {
    case .floatingPoint where !dtype.isFloatingPoint: return converted(to: .float32)
    case .integral where dtype.isFloatingPoint:
      fatalError("\(operation): a tensor of \(dtype) has no such operation; it takes integers")
    default: return self
    }
  }
}

extension Tensor {
  /// Whether this tensor and another need no conversion as operands: the fast path.
  fileprivate func canMeet(_ other: Tensor) -> Bool {
    literal == nil && view.dtype == other.view.dtype
      && view.storage.device == other.view.storage.device
      && view.layout.hasShape(of: other.view.layout)
  }
}

extension Tensor {
  /// Whether it is a scalar on the CPU, which operations on any device accept.
  var isCPUScalar: Bool { ndim == 0 && device.kind == .cpu }

  /// Stops the program if tensors are on different devices.
  static func requireOneDevice(_ operation: String, _ tensors: [Tensor?]) {
    guard let first = tensors[0] else { return }
    for case let tensor? in tensors.dropFirst() where tensor.device != first.device {
      fatalError(
        "\(operation): one tensor is on \(first.device), another on \(tensor.device); move one with "
          + "to(_:)")
    }
  }
}

/// The device that an operation on two tensors runs on.
private func commonDevice(_ a: Tensor, _ b: Tensor) -> Device {
  a.device.kind == .cpu ? b.device : a.device
}

/// Both operands, promoted to one dtype and broadcast to one shape.
func aligned(_ a: Tensor, _ b: Tensor, for operation: Any, _ domain: Domain) -> (
  StridedView, StridedView
) {
  if a.view.storage.device != b.view.storage.device, !a.isCPUScalar, !b.isCPUScalar {
    fatalError(
      "\(operation): one tensor is on \(a.device), the other on \(b.device); move one with to(_:)")
  }
  var x = a.view
  var y = b.view
  if x.dtype != y.dtype {
    let dtype = Tensor.resultType(a, b)
    x = a.operand(of: dtype)
    y = b.operand(of: dtype)
  }
  x = x.converted(for: operation, domain)
  y = y.converted(for: operation, domain)
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
  /// The dtype that an operation on two tensors computes in: `torch.result_type`. A literal yields
  /// to any tensor, and a tensor without dims to one with dims, unless its dtype is of a higher
  /// category.
  public static func resultType(_ a: Tensor, _ b: Tensor) -> DType {
    let promoted = a.dtype.promoted(with: b.dtype)
    if a.weight == b.weight { return promoted }
    let (strong, weak) = a.weight > b.weight ? (a.dtype, b.dtype) : (b.dtype, a.dtype)
    return weak.kind > strong.kind ? promoted : strong
  }

  /// The same for several tensors, of which there must be one.
  static func resultType(_ tensors: [Tensor]) -> DType {
    // Those of one priority promote each other first.
    let types = (0...2).compactMap { weight -> DType? in
      let types = tensors.filter { $0.weight == weight }.map(\.dtype)
      return types.first.map { types.dropFirst().reduce($0) { $0.promoted(with: $1) } }
    }
    return types.dropFirst().reduce(types[0]) { weak, strong in
      weak.kind > strong.kind ? weak.promoted(with: strong) : strong
    }
  }

  /// The priority of its dtype in promotion.
  private var weight: Int { literal != nil ? 0 : ndim == 0 ? 1 : 2 }

  /// The elements in a dtype; a literal keeps its full precision.
  func operand(of dtype: DType) -> StridedView {
    if let literal, dtype == .float64 { return Tensor(literal, dtype: .float64, device: .cpu).view }
    return view.converted(to: dtype)
  }
}

extension DType {
  /// The category in promotion: bool, integer, floating point.
  fileprivate var kind: Int { self == .bool ? 0 : isFloatingPoint ? 2 : 1 }
}
