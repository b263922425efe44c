// Arithmetic of two tensors, element by element, with broadcasting. Each operation stands beside its
// derivatives; the arithmetic itself is in COperations' elementwise.h.

extension Tensor {
  /// Element-wise sum; shapes are broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    binary(.add, a, b).recorded("add", .wrt(a) { g in g }, .wrt(b) { g in g })
  }

  /// Element-wise difference; shapes are broadcast.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    if a.dtype == .bool, b.dtype == .bool {
      fatalError(
        "subtract: shapes \(a.shape) and \(b.shape) of bool have no difference; use ^ or logicalXor"
      )
    }
    return binary(.subtract, a, b).recorded("subtract", .wrt(a) { g in g }, .wrt(b) { g in -g })
  }

  /// Element-wise product; shapes are broadcast.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    binary(.multiply, a, b).recorded(
      "multiply",
      .wrt(a, saving: b) { g, b in g * b }.ofOneOperation(),
      .wrt(b, saving: a) { g, a in g * a }.ofOneOperation())
  }

  /// Element-wise quotient, of floating point; shapes are broadcast.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    binary(.divide, a, b).recorded(
      "divide",
      .wrt(a, saving: b) { g, b in g / b }.ofOneOperation(),
      .wrt(b, saving: a, b) { g, a, b in -g * a / (b * b) })
  }

  /// -x
  public static prefix func - (x: Tensor) -> Tensor {
    unary(.negate, x).recorded("negate", .wrt(x) { g in -g })
  }

  /// xᵉ: `torch.pow`. Whole numbers stay whole, and take no negative powers.
  public func pow(_ exponent: Tensor) -> Tensor {
    if let wide = raised(.onGPUs) { return wide.pow(exponent) }
    if !dtype.isFloatingPoint, !exponent.dtype.isFloatingPoint, (exponent .< 0).anyTrue {
      fatalError("pow: whole numbers to negative powers are not whole; use to(.float32) first")
    }
    return binary(.power, self, exponent).recorded(
      "power",
      .wrt(self, saving: self, exponent) { g, x, e in
        g * Tensor.where(e .== 0, 0, e * x.pow(e - 1))
      },
      .wrt(exponent, saving: self, exponent) { g, x, e in
        // Where x is 0 the power does not change with an e that is not negative.
        let isFlat = (x .== 0) & (e .>= 0)
        let base = Tensor.where(isFlat, 1, x)
        return g * Tensor.where(isFlat, 0, base.pow(e) * base.log())
      })
  }

  /// xᵉ for a number e.
  public func pow(_ exponent: some TensorElement) -> Tensor {
    pow(scalar(exponent))
  }

  /// What is left of a / b after ``floorDivide(_:)``, with the sign of b: `torch.remainder`.
  public func remainder(_ other: Tensor) -> Tensor {
    checkDivisor(other, for: "remainder")
    return binary(.remainder, self, other).recorded(
      "remainder",
      .wrt(self) { g in g },
      .wrt(other, saving: self, other) { g, a, b in -g * a.floorDivide(b) })
  }

  /// The largest whole number that is no larger than a / b: `torch.floor_divide`. It has no gradient.
  public func floorDivide(_ other: Tensor) -> Tensor {
    checkDivisor(other, for: "floorDivide")
    return binary(.floorDivide, self, other)
  }

  private func checkDivisor(_ other: Tensor, for operation: String) {
    if !dtype.isFloatingPoint, !other.dtype.isFloatingPoint, (other .== 0).anyTrue {
      fatalError("\(operation): a whole number cannot be divided by 0")
    }
  }

  /// The larger of each two. Where they are equal, each gets half of the gradient.
  public func maximum(_ other: Tensor) -> Tensor {
    binary(.maximum, self, other).recorded(
      "maximum",
      .wrt(self, saving: self, other) { g, a, b in g * Tensor.share(lost: a .< b, a, b) },
      .wrt(other, saving: self, other) { g, a, b in g * Tensor.share(lost: b .< a, a, b) })
  }

  /// The smaller of each two. Where they are equal, each gets half of the gradient.
  public func minimum(_ other: Tensor) -> Tensor {
    binary(.minimum, self, other).recorded(
      "minimum",
      .wrt(self, saving: self, other) { g, a, b in g * Tensor.share(lost: a .> b, a, b) },
      .wrt(other, saving: self, other) { g, a, b in g * Tensor.share(lost: b .> a, a, b) })
  }

  /// 0 where it lost, ½ where they are equal, 1 elsewhere, which includes NaN.
  private static func share(lost: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    .where(lost, 0.0, .where(a .== b, 0.5, 1.0))
  }

  /// The angle of the point (x, y) = (other, self), in radians: `torch.atan2`. At (0, 0) the derivatives are 0.
  public func atan2(_ other: Tensor) -> Tensor {
    binary(.atan2, self, other).recorded(
      "atan2",
      .wrt(self, saving: self, other) { g, y, x in (g * x).over(x * x + y * y) },
      .wrt(other, saving: self, other) { g, y, x in (-g * y).over(x * x + y * y) })
  }

  /// log(eᵃ + eᵇ), without overflow: `torch.logaddexp`.
  public func logaddexp(_ other: Tensor) -> Tensor {
    binary(.logaddexp, self, other).recorded(
      "logaddexp",
      .wrt(self, saving: self, other) { g, a, b in g * (a - b).sigmoid() },
      .wrt(other, saving: self, other) { g, a, b in g * (b - a).sigmoid() })
  }

  /// a + weight · (b - a): `torch.lerp`. At either end the result is exact.
  public func lerp(_ end: Tensor, weight: Tensor) -> Tensor {
    roundedOnce(self, end, weight) { start, end, weight in
      let way = end - start
      return .where(weight.abs() .< 0.5, start + weight * way, end - way * (1 - weight))
    }
  }

  /// g where y is positive, else 0.
  static func gate(_ g: Tensor, _ y: Tensor) -> Tensor {
    binary(.gate, g, y).recorded(
      "gate",
      .wrt(g, saving: y) { g, y in gate(g, y) }.ofOneOperation(),
      .wrt(y) { g in zerosLike(g) })
  }

  /// Whether any element is true.
  var anyTrue: Bool { noGrad { numel > 0 && amax().item(as: Bool.self) } }
}

/// Whole numbers and truth values, bit by bit.
extension Tensor {
  /// Bitwise and, of integers and bools; shapes are broadcast.
  public static func & (a: Tensor, b: Tensor) -> Tensor { binary(.bitwiseAnd, a, b) }
  /// Bitwise or, of integers and bools; shapes are broadcast.
  public static func | (a: Tensor, b: Tensor) -> Tensor { binary(.bitwiseOr, a, b) }
  /// Bitwise exclusive or, of integers and bools; shapes are broadcast.
  public static func ^ (a: Tensor, b: Tensor) -> Tensor { binary(.bitwiseXor, a, b) }
  // Otherwise Swift would take `1 << 20` and `~1` for tensors.
  /// Shifts bits to the left; integers.
  @_disfavoredOverload
  public static func << (a: Tensor, b: Tensor) -> Tensor { binary(.shiftLeft, a, b) }
  /// Shifts bits to the right; integers.
  @_disfavoredOverload
  public static func >> (a: Tensor, b: Tensor) -> Tensor { binary(.shiftRight, a, b) }
  /// Bitwise not, of integers and bools.
  @_disfavoredOverload
  public static prefix func ~ (x: Tensor) -> Tensor { unary(.bitwiseNot, x) }
}
