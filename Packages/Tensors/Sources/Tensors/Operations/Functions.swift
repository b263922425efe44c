// Functions of each element. Each stands beside its derivative; the arithmetic itself is in
// COperations' elementwise.h. Whole numbers become float32, except where the result is whole too.

extension Tensor {
  /// The absolute value. Its derivative at 0 is 0.
  public func abs() -> Tensor {
    unary(.abs, self).recorded("abs", .wrt(self, saving: self) { g, x in g * x.sign() })
  }

  /// -1, 0 or 1, as x is negative, zero or positive; false and true stay what they are.
  public func sign() -> Tensor {
    if dtype == .bool { return clone() }
    return unary(.sign, self).recorded("sign", .wrt(self) { g in Tensor.zerosLike(g) })
  }

  /// x²; of bool in int64.
  public func square() -> Tensor {
    if dtype == .bool { return to(.int64) }
    return unary(.square, self).recorded("square", .wrt(self, saving: self) { g, x in g * x * 2 })
  }

  /// The square root.
  public func sqrt() -> Tensor {
    unary(.sqrt, self).recorded("sqrt", .wrt(self, savingOutput: { g, y in g / (y * 2) }))
  }

  /// 1 / √x
  public func rsqrt() -> Tensor {
    unary(.rsqrt, self).recorded(
      "rsqrt", .wrt(self, saving: self) { g, x in g * x.rsqrt() / x * -0.5 })
  }

  /// 1 / x
  public func reciprocal() -> Tensor {
    unary(.reciprocal, self).recorded(
      "reciprocal", .wrt(self, savingOutput: { g, y in -g * y * y }))
  }
}

/// Exponentials and logarithms.
extension Tensor {
  /// eˣ
  public func exp() -> Tensor {
    unary(.exp, self).recorded("exp", .wrt(self, savingOutput: { g, y in g * y }).ofOneOperation())
  }

  /// eˣ - 1, exact for small x too.
  public func expm1() -> Tensor {
    unary(.expm1, self).recorded("expm1", .wrt(self, savingOutput: { g, y in g * (y + 1) }))
  }

  /// 2ˣ
  public func exp2() -> Tensor {
    unary(.exp2, self).recorded("exp2", .wrt(self, savingOutput: { g, y in g * y * ln2 }))
  }

  /// The natural logarithm.
  public func log() -> Tensor {
    unary(.log, self).recorded("log", .wrt(self, saving: self) { g, x in g / x }.ofOneOperation())
  }

  /// log(1 + x), exact for small x too.
  public func log1p() -> Tensor {
    unary(.log1p, self).recorded("log1p", .wrt(self, saving: self) { g, x in g / (x + 1) })
  }

  /// The logarithm to the base 2.
  public func log2() -> Tensor {
    unary(.log2, self).recorded("log2", .wrt(self, saving: self) { g, x in g / (x * ln2) })
  }

  /// The logarithm to the base 10.
  public func log10() -> Tensor {
    unary(.log10, self).recorded("log10", .wrt(self, saving: self) { g, x in g / (x * ln10) })
  }

  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Tensor {
    unary(.sigmoid, self).recorded(
      "sigmoid", .wrt(self, savingOutput: { g, y in g * y * (1 - y) }))
  }

  /// The error function, 2/√π · ∫₀ˣ e^(-t²) dt.
  public func erf() -> Tensor {
    unary(.erf, self).recorded(
      "erf", .wrt(self, saving: self) { g, x in g * (-x * x).exp() * twoOverRootPi })
  }

  /// 1 - erf(x), exact for large x too.
  public func erfc() -> Tensor {
    unary(.erfc, self).recorded(
      "erfc", .wrt(self, saving: self) { g, x in g * (-x * x).exp() * -twoOverRootPi })
  }
}

private let ln2 = 0.69314718055994530942
private let ln10 = 2.30258509299404568402
private let twoOverRootPi = 1.12837916709551257390

/// Trigonometric and hyperbolic functions, of angles in radians, and their inverses.
extension Tensor {
  /// The sine; radians.
  public func sin() -> Tensor {
    unary(.sin, self).recorded("sin", .wrt(self, saving: self) { g, x in g * x.cos() })
  }

  /// The cosine; radians.
  public func cos() -> Tensor {
    unary(.cos, self).recorded("cos", .wrt(self, saving: self) { g, x in -g * x.sin() })
  }

  /// The tangent; radians.
  public func tan() -> Tensor {
    unary(.tan, self).recorded("tan", .wrt(self, savingOutput: { g, y in g * (y * y + 1) }))
  }

  /// The inverse of the sine, from -π/2 to π/2.
  public func asin() -> Tensor {
    unary(.asin, self).recorded(
      "asin", .wrt(self, saving: self) { g, x in g * (1 - x * x).rsqrt() })
  }

  /// The inverse of the cosine, from 0 to π.
  public func acos() -> Tensor {
    unary(.acos, self).recorded(
      "acos", .wrt(self, saving: self) { g, x in -g * (1 - x * x).rsqrt() })
  }

  /// The inverse of the tangent, from -π/2 to π/2.
  public func atan() -> Tensor {
    unary(.atan, self).recorded("atan", .wrt(self, saving: self) { g, x in g / (x * x + 1) })
  }

  /// The hyperbolic sine, (eˣ - e⁻ˣ) / 2.
  public func sinh() -> Tensor {
    unary(.sinh, self).recorded("sinh", .wrt(self, saving: self) { g, x in g * x.cosh() })
  }

  /// The hyperbolic cosine, (eˣ + e⁻ˣ) / 2.
  public func cosh() -> Tensor {
    unary(.cosh, self).recorded("cosh", .wrt(self, saving: self) { g, x in g * x.sinh() })
  }

  /// The hyperbolic tangent, sinh x / cosh x.
  public func tanh() -> Tensor {
    unary(.tanh, self).recorded("tanh", .wrt(self, savingOutput: { g, y in g * (1 - y * y) }))
  }

  /// The inverse of the hyperbolic sine.
  public func asinh() -> Tensor {
    unary(.asinh, self).recorded(
      "asinh", .wrt(self, saving: self) { g, x in g * (x * x + 1).rsqrt() })
  }

  /// The inverse of the hyperbolic cosine; NaN below 1.
  public func acosh() -> Tensor {
    unary(.acosh, self).recorded(
      "acosh", .wrt(self, saving: self) { g, x in g * (x * x - 1).rsqrt() })
  }

  /// The inverse of the hyperbolic tangent, for numbers from -1 to 1.
  public func atanh() -> Tensor {
    unary(.atanh, self).recorded("atanh", .wrt(self, saving: self) { g, x in g / (1 - x * x) })
  }
}

/// Rounding. The derivative is 0, but that of ``frac()`` is 1.
extension Tensor {
  /// The largest whole number that is no larger.
  public func floor() -> Tensor { rounded(.floor, "floor") }
  /// The smallest whole number that is no smaller.
  public func ceil() -> Tensor { rounded(.ceil, "ceil") }
  /// The nearest whole number, and from the middle the even one.
  public func round() -> Tensor { rounded(.round, "round") }
  /// The whole number towards 0.
  public func trunc() -> Tensor { rounded(.trunc, "trunc") }

  private func rounded(_ operation: UnaryOperation, _ name: String) -> Tensor {
    if !dtype.isFloatingPoint { return clone() }
    return unary(operation, self).recorded(name, .wrt(self) { g in Tensor.zerosLike(g) })
  }

  /// What ``trunc()`` takes away.
  public func frac() -> Tensor {
    unary(.frac, self).recorded("frac", .wrt(self) { g in g })
  }

  /// The elements, those below `min` raised to it and those above `max` lowered to it: `torch.clamp`.
  /// Where `min` is above `max` that is `max`; a limit that is NaN makes all of them NaN.
  public func clamp(min: Double? = nil, max: Double? = nil) -> Tensor {
    if min?.isNaN == true || max?.isNaN == true { return self * 0 + Double.nan }
    guard dtype.isFloatingPoint else {
      func limit(_ number: Double) -> Tensor {
        Int(exactly: number).map { scalar($0) } ?? scalar(number)
      }
      let raised = min.map { maximum(limit($0)) } ?? self
      return max.map { raised.minimum(limit($0)) } ?? raised
    }
    let (low, high) = (min ?? -.infinity, max ?? .infinity)
    return unary(.clamp, self, low, high).recorded(
      "clamp",
      .wrt(self, saving: self) { g, x in
        Tensor.where((x .>= low) & (x .<= high), g, 0)
      })
  }

  /// With NaN and infinities replaced: `torch.nan_to_num`. By default infinities become the largest
  /// numbers there are.
  public func nanToNum(_ nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil) -> Tensor {
    guard dtype.isFloatingPoint else { return clone() }
    let largest = dtype.largestFinite
    let whole = Tensor.where(isnan(), scalar(nan), self)
    let below = Tensor.where(test(.isposinf, whole), scalar(posinf ?? largest), whole)
    return .where(test(.isneginf, whole), scalar(neginf ?? -largest), below)
  }
}

extension DType {
  /// The largest number of a floating-point type.
  var largestFinite: Double {
    switch self {
    case .float16: 65504
    case .bfloat16: 0x1.FEp127
    case .float32: Double(Float.greatestFiniteMagnitude)
    default: .greatestFiniteMagnitude
    }
  }
}
