// Element-wise operations in place: `torch.Tensor.add_` and the like.

extension Tensor {
  /// Adds in place; the right side is broadcast.
  public static func += (a: inout Tensor, b: Tensor) { become(&a, .add, b) { $0 + $1 } }
  /// Subtracts in place; the right side is broadcast.
  public static func -= (a: inout Tensor, b: Tensor) { become(&a, .subtract, b) { $0 - $1 } }
  /// Multiplies in place; the right side is broadcast.
  public static func *= (a: inout Tensor, b: Tensor) { become(&a, .multiply, b) { $0 * $1 } }
  /// Divides in place, floating point; the right side is broadcast.
  public static func /= (a: inout Tensor, b: Tensor) { become(&a, .divide, b) { $0 / $1 } }

  /// A literal has no memory to change, so the variable is assigned the result.
  private static func become(
    _ a: inout Tensor, _ operation: Operator, _ b: Tensor,
    _ result: (Tensor, Tensor) -> Tensor
  ) {
    if a.literal == nil { a.update(operation, b) } else { a = result(a, b) }
  }

  /// Sets x = op(x, other) in place, keeping the shape and dtype of x. Gradients follow the change.
  public func update(_ operation: Operator, _ other: Tensor) {
    let name = "update(.\(operation.name))"
    guard let kernel = operation.binaryKernel else {
      fatalError("\(name): it is not an element-wise operation on two tensors")
    }
    let both = Tensor.resultType(self, other)
    let result =
      operation.domain == .floatingPoint && !both.isFloatingPoint ? DType.float32 : both
    guard result == dtype || (dtype.isFloatingPoint && result.isFloatingPoint) else {
      fatalError(
        "\(name): the result is \(result), and the tensor's \(dtype) of shape \(shape) cannot hold it; "
          + "make a new tensor instead, or convert this one with to(.\(result)) first")
    }
    guard other.view.layout.broadcast(to: shape) != nil, other.device == device || other.isCPUScalar
    else {
      fatalError(
        "\(name): shape \(other.shape) on \(other.device) does not broadcast to \(shape) on \(device)"
      )
    }
    if isChangeRecorded(by: other) {
      return replace(name) { before in binary(operation, before, other) }
    }
    let source = other.operand(of: dtype)
    changeInPlace(name) {
      backend.binary(
        kernel, $0, source.with(source.layout.broadcast(to: shape)!).apart(from: $0), into: $0)
    }
  }

  /// Sets x = op(x) in place. Gradients follow the change.
  ///
  /// - Parameters:
  ///   - operation: an element-wise operation.
  ///   - parameters: a number for each of the operation's ``Operator/parameters``.
  public func update(_ operation: Operator, with parameters: Double...) {
    let name = "update(.\(operation.name))"
    guard let kernel = operation.unaryKernel, parameters.count == operation.parameters.count else {
      fatalError(
        operation.unaryKernel == nil
          ? "\(name): it is not an element-wise operation on one tensor"
          : "\(name): \(parameters.count) parameters; it takes \(operation.parameters)")
    }
    guard operation.domain != .floatingPoint || dtype.isFloatingPoint else {
      fatalError(
        "\(name): the result is float32, and the tensor's \(dtype) of shape \(shape) cannot hold it; make a "
          + "new tensor instead, or convert this one with to(.float32) first")
    }
    if isChangeRecorded() {
      return replace(name) { before in
        parameters.isEmpty ? unary(operation, before) : unary(operation, before, parameters)
      }
    }
    let (p, q) = (parameters.first ?? 0, parameters.dropFirst().first ?? 0)
    changeInPlace(name) { backend.unary(kernel, $0, p, q, into: $0) }
  }
}
