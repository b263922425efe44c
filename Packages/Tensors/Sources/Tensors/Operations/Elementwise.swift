// Element-wise operations: each beside its derivative. Their arithmetic is in the table of CKernels.

extension Tensor {
  /// -x
  public static prefix func - (x: Tensor) -> Tensor {
    unary(.negate, x).recorded("negate", .wrt(x) { g in -g })
  }

  /// The absolute value. Its derivative at 0 is 0.
  public func abs() -> Tensor {
    unary(.abs, self).recorded("abs", .wrt(self, saving: self) { g, x in g * x.sign() })
  }

  /// -1, 0 or 1, as x is negative, zero or positive.
  public func sign() -> Tensor {
    unary(.sign, self).recorded("sign", .wrt(self) { g in Tensor.zerosLike(g) })
  }

  /// x²
  public func square() -> Tensor {
    unary(.square, self).recorded("square", .wrt(self, saving: self) { g, x in g * x * 2 })
  }

  /// x where it is positive, else 0. Its derivative at 0 is 0.
  public func relu() -> Tensor {
    unary(.relu, self).recorded(
      "relu", .wrt(self, savingOutput: { g, y in Tensor.gate(g, y) }))
  }

  /// eˣ
  public func exp() -> Tensor {
    unary(.exp, self).recorded("exp", .wrt(self, savingOutput: { g, y in g * y }))
  }

  /// The natural logarithm.
  public func log() -> Tensor {
    unary(.log, self).recorded("log", .wrt(self, saving: self) { g, x in g / x })
  }

  /// The square root.
  public func sqrt() -> Tensor {
    unary(.sqrt, self).recorded("sqrt", .wrt(self, savingOutput: { g, y in g / (y * 2) }))
  }

  /// 1 / x
  public func reciprocal() -> Tensor {
    unary(.reciprocal, self).recorded(
      "reciprocal", .wrt(self, savingOutput: { g, y in -g * y * y }))
  }

  /// The sine of an angle in radians.
  public func sin() -> Tensor {
    unary(.sin, self).recorded("sin", .wrt(self, saving: self) { g, x in g * x.cos() })
  }

  /// The cosine of an angle in radians.
  public func cos() -> Tensor {
    unary(.cos, self).recorded("cos", .wrt(self, saving: self) { g, x in -g * x.sin() })
  }

  /// The hyperbolic tangent.
  public func tanh() -> Tensor {
    unary(.tanh, self).recorded("tanh", .wrt(self, savingOutput: { g, y in g * (1 - y * y) }))
  }

  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Tensor {
    unary(.sigmoid, self).recorded(
      "sigmoid", .wrt(self, savingOutput: { g, y in g * y * (1 - y) }))
  }
}

extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    binary(.add, a, b).recorded("add", .wrt(a) { g in g }, .wrt(b) { g in g })
  }

  public static func - (a: Tensor, b: Tensor) -> Tensor {
    binary(.subtract, a, b).recorded("subtract", .wrt(a) { g in g }, .wrt(b) { g in -g })
  }

  public static func * (a: Tensor, b: Tensor) -> Tensor {
    binary(.multiply, a, b).recorded(
      "multiply",
      .wrt(a, saving: b) { g, b in g * b },
      .wrt(b, saving: a) { g, a in g * a })
  }

  public static func / (a: Tensor, b: Tensor) -> Tensor {
    binary(.divide, a, b).recorded(
      "divide",
      .wrt(a, saving: b) { g, b in g / b },
      .wrt(b, saving: a, b) { g, a, b in -g * a / (b * b) })
  }

  /// xᵉ: `torch.pow`.
  public func pow(_ exponent: Tensor) -> Tensor {
    binary(.power, self, exponent).recorded(
      "power",
      .wrt(self, saving: self, exponent) { g, x, e in g * e * x.pow(e - 1) },
      .wrt(exponent, saving: self, exponent) { g, x, e in
        // Where x is 0 the power does not change with e.
        g * x.pow(e) * (x + (x .== 0).to(x.dtype)).log()
      })
  }

  /// xᵉ for a number e.
  public func pow(_ exponent: some TensorElement) -> Tensor {
    pow(scalar(exponent))
  }

  /// The larger of each two. Where they are equal, each gets half of the gradient.
  public func maximum(_ other: Tensor) -> Tensor {
    binary(.maximum, self, other).recorded(
      "maximum",
      .wrt(self, saving: self, other) { g, a, b in g * Tensor.share(of: a .> b, a, b) },
      .wrt(other, saving: self, other) { g, a, b in g * Tensor.share(of: b .> a, a, b) })
  }

  /// The smaller of each two. Where they are equal, each gets half of the gradient.
  public func minimum(_ other: Tensor) -> Tensor {
    binary(.minimum, self, other).recorded(
      "minimum",
      .wrt(self, saving: self, other) { g, a, b in g * Tensor.share(of: a .< b, a, b) },
      .wrt(other, saving: self, other) { g, a, b in g * Tensor.share(of: b .< a, a, b) })
  }

  /// 1 where it won, ½ where they are equal, 0 elsewhere.
  private static func share(of won: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    won.to(.float32) + (a .== b).to(.float32) * 0.5
  }

  /// g where y is positive, else 0.
  static func gate(_ g: Tensor, _ y: Tensor) -> Tensor {
    binary(.gate, g, y).recorded(
      "gate",
      .wrt(g, saving: y) { g, y in gate(g, y) },
      .wrt(y) { g in zerosLike(g) })
  }
}

/// Comparisons, element by element, with broadcasting. The result is bool.
extension Tensor {
  public static func .== (a: Tensor, b: Tensor) -> Tensor { compare(.equal, a, b) }
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { compare(.notEqual, a, b) }
  public static func .< (a: Tensor, b: Tensor) -> Tensor { compare(.less, a, b) }
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { compare(.lessOrEqual, a, b) }
  public static func .> (a: Tensor, b: Tensor) -> Tensor { compare(.greater, a, b) }
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { compare(.greaterOrEqual, a, b) }
}
