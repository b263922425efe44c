// Element-wise operations in place: `torch.Tensor.add_` and its like.

extension Tensor {
  /// Adds in place; the right side is broadcast.
  public static func += (a: inout Tensor, b: Tensor) { become(&a, .add, b) { $0 + $1 } }
  /// Subtracts in place; the right side is broadcast.
  public static func -= (a: inout Tensor, b: Tensor) { become(&a, .subtract, b) { $0 - $1 } }
  /// Multiplies in place; the right side is broadcast.
  public static func *= (a: inout Tensor, b: Tensor) { become(&a, .multiply, b) { $0 * $1 } }
  /// Divides in place, floating point; the right side is broadcast.
  public static func /= (a: inout Tensor, b: Tensor) { become(&a, .divide, b) { $0 / $1 } }

  /// A number that was written in the program is no place in memory, so the variable gets the result.
  private static func become(
    _ a: inout Tensor, _ operation: BinaryOperation, _ b: Tensor,
    _ result: (Tensor, Tensor) -> Tensor
  ) {
    if a.literal == nil { a.update(operation, b) } else { a = result(a, b) }
  }

  /// x = op(x, other), in x's own memory, shape and dtype. Gradients follow the change.
  public func update(_ operation: BinaryOperation, _ other: Tensor) {
    let name = "update(.\(operation))"
    let both = Tensor.resultType(self, other)
    let result =
      operation.domain == .floatingPoint && !both.isFloatingPoint ? DType.float32 : both
    guard result == dtype || (dtype.isFloatingPoint && result.isFloatingPoint) else {
      fatalError(
        "\(name): the result is \(result), and the tensor's \(dtype) of shape \(shape) cannot hold it; "
          + "make a new tensor instead, or convert this one with to(.\(result)) first")
    }
    guard other.view.layout.broadcast(to: shape) != nil, other.device == device || other.isNumber
    else {
      fatalError(
        "\(name): shape \(other.shape) on \(other.device) does not broadcast to \(shape) on \(device)"
      )
    }
    if isChangeRecorded(by: other) {
      return replace(name) { before in operation(before, other) }
    }
    let source = other.operand(of: dtype)
    changeInPlace(name) {
      backend.binary(
        operation, $0, source.with(source.layout.broadcast(to: shape)!).apart(from: $0), into: $0)
    }
  }

  /// x = op(x), in x's own memory, with two numbers that some operations need. Gradients follow the
  /// change.
  public func update(_ operation: UnaryOperation, _ p: Double = 0, _ q: Double = 0) {
    let name = "update(.\(operation))"
    guard operation.domain != .floatingPoint || dtype.isFloatingPoint else {
      fatalError(
        "\(name): the result is float32, and the tensor's \(dtype) of shape \(shape) cannot hold it; make a "
          + "new tensor instead, or convert this one with to(.float32) first")
    }
    if isChangeRecorded() { return replace(name) { before in operation(before, p, q) } }
    changeInPlace(name) { backend.unary(operation, $0, p, q, into: $0) }
  }
}

extension BinaryOperation {
  /// The operation on tensors, with its derivative.
  fileprivate func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: a.maximum(b)
    case .minimum: a.minimum(b)
    case .gate: Tensor.gate(a, b)
    case .remainder: a.remainder(b)
    case .floorDivide: a.floorDivide(b)
    case .power: a.pow(b)
    case .atan2: a.atan2(b)
    case .logaddexp: a.logaddexp(b)
    case .bitwiseAnd: a & b
    case .bitwiseOr: a | b
    case .bitwiseXor: a ^ b
    case .shiftLeft: a << b
    case .shiftRight: a >> b
    }
  }
}

extension UnaryOperation {
  /// The operation on a tensor, with its derivative.
  fileprivate func callAsFunction(_ x: Tensor, _ p: Double, _ q: Double) -> Tensor {
    switch self {
    case .negate: -x
    case .bitwiseNot: ~x
    case .abs: x.abs()
    case .sign: x.sign()
    case .square: x.square()
    case .relu: x.relu()
    case .exp: x.exp()
    case .expm1: x.expm1()
    case .exp2: x.exp2()
    case .log: x.log()
    case .log1p: x.log1p()
    case .log2: x.log2()
    case .log10: x.log10()
    case .sqrt: x.sqrt()
    case .rsqrt: x.rsqrt()
    case .reciprocal: x.reciprocal()
    case .sin: x.sin()
    case .cos: x.cos()
    case .tan: x.tan()
    case .asin: x.asin()
    case .acos: x.acos()
    case .atan: x.atan()
    case .sinh: x.sinh()
    case .cosh: x.cosh()
    case .tanh: x.tanh()
    case .asinh: x.asinh()
    case .acosh: x.acosh()
    case .atanh: x.atanh()
    case .erf: x.erf()
    case .erfc: x.erfc()
    case .floor: x.floor()
    case .ceil: x.ceil()
    case .round: x.round()
    case .trunc: x.trunc()
    case .frac: x.frac()
    case .clamp: x.clamp(min: p, max: q)
    case .sigmoid: x.sigmoid()
    case .logSigmoid: x.logSigmoid()
    case .leakyRelu: x.leakyRelu(negativeSlope: p)
    case .elu: x.elu(alpha: p, scale: q, "elu")
    case .gelu: x.gelu()
    case .geluTanh: x.gelu(approximate: .tanh)
    case .silu: x.silu()
    case .mish: x.mish()
    case .softplus: x.softplus(beta: p, threshold: q)
    case .softsign: x.softsign()
    case .hardsigmoid: x.hardsigmoid()
    case .hardswish: x.hardswish()
    }
  }
}
