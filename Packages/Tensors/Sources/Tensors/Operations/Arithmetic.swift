// Element-wise arithmetic on two tensors, with broadcasting, each operation next to its
// derivatives; the arithmetic itself is in COperations' elementwise.h.

extension Operator {
  /// Element-wise sum.
  public static let add = Operator(
    .add, .wrt(.x, "∂(x+y)/∂x = 1") { g in g }, .wrt(.y, "∂(x+y)/∂y = 1") { g in g })
  /// Element-wise difference.
  public static let subtract = Operator(
    .subtract, .wrt(.x, "∂(x-y)/∂x = 1") { g in g }, .wrt(.y, "∂(x-y)/∂y = -1") { g in -g })
  /// Element-wise product.
  public static let multiply = Operator(
    .multiply,
    .wrt(.x, saving: .y, "∂(x·y)/∂x = y") { g, y in g * y }.ofOneOperation(),
    .wrt(.y, saving: .x, "∂(x·y)/∂y = x") { g, x in g * x }.ofOneOperation())
  /// Element-wise quotient, in floating point.
  public static let divide = Operator(
    .divide,
    .wrt(.x, saving: .y, "∂(x/y)/∂x = 1/y") { g, y in g / y }.ofOneOperation(),
    .wrt(.y, saving: .x, .y, "∂(x/y)/∂y = -x/y²") { g, x, y in -g * x / (y * y) })
  /// -x
  public static let negate = Operator(
    .negate, .wrt(.x, "∂(-x)/∂x = -1") { g in -g })
  /// xʸ
  public static let power = Operator(
    .power, precision: .onGPUs,
    .wrt(.x, saving: .x, .y, "∂xʸ/∂x = y·xʸ⁻¹") { g, x, y in
      g * Tensor.where(y .== 0, 0, y * x.pow(y - 1))
    },
    .wrt(.y, saving: .x, .y, "∂xʸ/∂y = xʸ·log x") { g, x, y in
      // Where x is 0, the derivative with respect to a non-negative y is taken as 0.
      let isFlat = (x .== 0) & (y .>= 0)
      let base = Tensor.where(isFlat, 1, x)
      return g * Tensor.where(isFlat, 0, base.pow(y) * base.log())
    })
  /// The remainder of floor division, x - ⌊x/y⌋·y, with the sign of y.
  public static let remainder = Operator(
    .remainder,
    .wrt(.x, "∂(x mod y)/∂x = 1") { g in g },
    .wrt(.y, saving: .x, .y, "∂(x mod y)/∂y = -⌊x/y⌋") { g, x, y in -g * x.floorDivide(y) })
  /// Element-wise maximum.
  public static let maximum = Operator(
    .maximum,
    .wrt(.x, saving: .x, .y, "∂max(x,y)/∂x = 1 where x > y, else 0") { g, x, y in
      g * share(lost: x .< y, x, y)
    },
    .wrt(.y, saving: .x, .y, "∂max(x,y)/∂y = 1 where y > x, else 0") { g, x, y in
      g * share(lost: y .< x, x, y)
    })
  /// Element-wise minimum.
  public static let minimum = Operator(
    .minimum,
    .wrt(.x, saving: .x, .y, "∂min(x,y)/∂x = 1 where x < y, else 0") { g, x, y in
      g * share(lost: x .> y, x, y)
    },
    .wrt(.y, saving: .x, .y, "∂min(x,y)/∂y = 1 where y < x, else 0") { g, x, y in
      g * share(lost: y .> x, x, y)
    })
  /// The angle of the point (y, x), in radians.
  public static let atan2 = Operator(
    .atan2,
    .wrt(.x, saving: .x, .y, "∂atan2(x,y)/∂x = y/(x²+y²)") { g, x, y in
      (g * y).over(y * y + x * x)
    },
    .wrt(.y, saving: .x, .y, "∂atan2(x,y)/∂y = -x/(x²+y²)") { g, x, y in
      (-g * x).over(y * y + x * x)
    })
  /// log(eˣ + eʸ), without overflow.
  public static let logaddexp = Operator(
    .logaddexp,
    .wrt(.x, saving: .x, .y, "∂log(eˣ+eʸ)/∂x = eˣ/(eˣ+eʸ)") { g, x, y in
      g * (x - y).sigmoid()
    },
    .wrt(.y, saving: .x, .y, "∂log(eˣ+eʸ)/∂y = eʸ/(eˣ+eʸ)") { g, x, y in
      g * (y - x).sigmoid()
    })
  /// x where y is positive, else 0.
  public static let gate = Operator(
    .gate,
    .wrt(.x, saving: .y, "∂gate(x,y)/∂x = 1 where y > 0, else 0") { g, y in
      Tensor.gate(g, y)
    }.ofOneOperation(),
    .wrt(.y, "∂gate(x,y)/∂y = 0") { g in Tensor.zerosLike(g) })
  /// ⌊x/y⌋, the quotient rounded down.
  public static let floorDivide = Operator(.floorDivide)
  /// Bitwise AND of integers or bools.
  public static let bitwiseAnd = Operator(.bitwiseAnd)
  /// Bitwise OR of integers or bools.
  public static let bitwiseOr = Operator(.bitwiseOr)
  /// Bitwise XOR of integers or bools.
  public static let bitwiseXor = Operator(.bitwiseXor)
  /// Bitwise left shift of integers.
  public static let shiftLeft = Operator(.shiftLeft)
  /// Bitwise right shift of integers.
  public static let shiftRight = Operator(.shiftRight)
  /// Bitwise NOT of integers or bools.
  public static let bitwiseNot = Operator(.bitwiseNot)

  /// The share of the gradient: 0 where it lost, ½ at ties, 1 elsewhere, including NaN.
  private static func share(lost: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
    .where(lost, 0.0, .where(x .== y, 0.5, 1.0))
  }
}

extension Tensor {
  /// Element-wise sum; shapes are broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    binary(.add, a, b)
  }

  /// Element-wise difference; shapes are broadcast.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    if a.dtype == .bool, b.dtype == .bool {
      fatalError(
        "subtract: shapes \(a.shape) and \(b.shape) of bool have no difference; use ^ or logicalXor"
      )
    }
    return binary(.subtract, a, b)
  }

  /// Element-wise product; shapes are broadcast.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    binary(.multiply, a, b)
  }

  /// Element-wise quotient, in floating point; shapes are broadcast.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    binary(.divide, a, b)
  }

  /// -x
  public static prefix func - (x: Tensor) -> Tensor {
    unary(.negate, x)
  }

  /// xᵉ: `torch.pow`. Integers give integers, and cannot be raised to negative powers.
  public func pow(_ exponent: Tensor) -> Tensor {
    if let wide = prepared(for: .power) { return wide.pow(exponent) }
    if !dtype.isFloatingPoint, !exponent.dtype.isFloatingPoint, (exponent .< 0).anyTrue {
      fatalError("pow: integers cannot be raised to negative powers; use to(.float32) first")
    }
    return binary(.power, self, exponent)
  }

  /// xᵉ for a number e. The powers 0.5, ±1, ±2 and 3 are a root and products, as in PyTorch.
  public func pow(_ exponent: some TensorElement) -> Tensor {
    let exponent = scalar(exponent)
    guard dtype.isFloatingPoint, !dtype.isHalf, Autocast.current == nil,
      let power = noGrad({ power(exponent.item()) })
    else { return pow(exponent) }
    return power.recorded(.power, self, exponent)
  }

  private func power(_ exponent: Double) -> Tensor? {
    switch exponent {
    case 0.5: sqrt()
    case 1: self * 1
    case 2: square()
    case 3: unary(.cube, self)
    case -1: reciprocal()
    case -2: fused { square().reciprocal() }
    default: nil
    }
  }

  /// The remainder of ``floorDivide(_:)``, with the sign of b: `torch.remainder`.
  public func remainder(_ other: Tensor) -> Tensor {
    checkDivisor(other, for: "remainder")
    return binary(.remainder, self, other)
  }

  /// ⌊a/b⌋, the quotient rounded down: `torch.floor_divide`. It has no gradient.
  public func floorDivide(_ other: Tensor) -> Tensor {
    checkDivisor(other, for: "floorDivide")
    return binary(.floorDivide, self, other)
  }

  private func checkDivisor(_ other: Tensor, for operation: String) {
    if !dtype.isFloatingPoint, !other.dtype.isFloatingPoint, (other .== 0).anyTrue {
      fatalError("\(operation): an integer cannot be divided by 0")
    }
  }

  /// Element-wise maximum: `torch.maximum`. At ties, each side gets half of the gradient.
  public func maximum(_ other: Tensor) -> Tensor {
    binary(.maximum, self, other)
  }

  /// Element-wise minimum: `torch.minimum`. At ties, each side gets half of the gradient.
  public func minimum(_ other: Tensor) -> Tensor {
    binary(.minimum, self, other)
  }

  /// The angle of the point (x, y) = (other, self), in radians: `torch.atan2`. At (0, 0) the
  /// derivatives are 0.
  public func atan2(_ other: Tensor) -> Tensor {
    binary(.atan2, self, other)
  }

  /// log(eᵃ + eᵇ), without overflow: `torch.logaddexp`.
  public func logaddexp(_ other: Tensor) -> Tensor {
    binary(.logaddexp, self, other)
  }

  /// a + weight · (b - a): `torch.lerp`. It is exact at both ends.
  public func lerp(_ end: Tensor, weight: Tensor) -> Tensor {
    roundedOnce(self, end, weight) { start, end, weight in
      let way = end - start
      return .where(weight.abs() .< 0.5, start + weight * way, end - way * (1 - weight))
    }
  }

  /// g where y is positive, else 0.
  static func gate(_ g: Tensor, _ y: Tensor) -> Tensor {
    binary(.gate, g, y)
  }

  /// Whether any element is true.
  var anyTrue: Bool { noGrad { numel > 0 && amax().item(as: Bool.self) } }
}

/// Bitwise operations on integers and bools.
extension Tensor {
  /// Bitwise AND of integers or bools.
  public static func & (a: Tensor, b: Tensor) -> Tensor { binary(.bitwiseAnd, a, b) }
  /// Bitwise OR of integers or bools.
  public static func | (a: Tensor, b: Tensor) -> Tensor { binary(.bitwiseOr, a, b) }
  /// Bitwise XOR of integers or bools.
  public static func ^ (a: Tensor, b: Tensor) -> Tensor { binary(.bitwiseXor, a, b) }
  // Otherwise Swift would type-check `1 << 20` and `~1` as tensors.
  /// Bitwise left shift of integers.
  @_disfavoredOverload
  public static func << (a: Tensor, b: Tensor) -> Tensor { binary(.shiftLeft, a, b) }
  /// Bitwise right shift of integers.
  @_disfavoredOverload
  public static func >> (a: Tensor, b: Tensor) -> Tensor { binary(.shiftRight, a, b) }
  /// Bitwise NOT of integers or bools.
  @_disfavoredOverload
  public static prefix func ~ (x: Tensor) -> Tensor { unary(.bitwiseNot, x) }
}
