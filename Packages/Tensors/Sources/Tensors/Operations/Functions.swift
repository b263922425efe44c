// Element-wise functions, each next to its derivative; the arithmetic itself is in COperations'
// elementwise.h. Integers become float32, except where the result is an integer too.

extension Operator {
  /// The absolute value.
  public static let abs = Operator(
    .abs, .wrt(.x, saving: .x, "∂|x|/∂x = sign x") { g, x in g * x.sign() })
  /// -1, 0 or 1, as x is negative, zero or positive.
  public static let sign = Operator(
    .sign, .wrt(.x, "∂sign x/∂x = 0") { g in Tensor.zerosLike(g) })
  /// x²
  public static let square = Operator(
    .square, .wrt(.x, saving: .x, "∂x²/∂x = 2x") { g, x in g * x * 2 })
  static let cube = Operator(
    .cube, .wrt(.x, saving: .x, "∂x³/∂x = 3x²") { g, x in g * x.square() * 3 })
  /// The square root.
  public static let sqrt = Operator(
    .sqrt, .wrt(.x, saving: .output, "∂√x/∂x = 1/(2√x)") { g, y in g / (y * 2) })
  /// 1 / √x
  public static let rsqrt = Operator(
    .rsqrt, precision: .onGPUs,
    .wrt(.x, saving: .x, "∂x^(-½)/∂x = -½·x^(-3/2)") { g, x in g * x.rsqrt() / x * -0.5 })
  /// 1 / x
  public static let reciprocal = Operator(
    .reciprocal, precision: .onGPUs,
    .wrt(.x, saving: .output, "∂(1/x)/∂x = -1/x²") { g, y in -g * y * y })
}

extension Tensor {
  /// The absolute value. Its derivative at 0 is 0.
  public func abs() -> Tensor {
    unary(.abs, self)
  }

  /// -1, 0 or 1, as x is negative, zero or positive; bools are unchanged: `torch.sign`.
  public func sign() -> Tensor {
    if dtype == .bool { return clone() }
    return unary(.sign, self)
  }

  /// x²; int64 for bool.
  public func square() -> Tensor {
    if dtype == .bool { return to(.int64) }
    return unary(.square, self)
  }

  /// The square root.
  public func sqrt() -> Tensor {
    unary(.sqrt, self)
  }

  /// 1 / √x
  public func rsqrt() -> Tensor {
    unary(.rsqrt, self)
  }

  /// 1 / x
  public func reciprocal() -> Tensor {
    unary(.reciprocal, self)
  }
}

extension Operator {
  /// eˣ
  public static let exp = Operator(
    .exp, precision: .onGPUs,
    .wrt(.x, saving: .output, "∂eˣ/∂x = eˣ") { g, y in g * y }.ofOneOperation())
  /// eˣ - 1, accurate for small x too.
  public static let expm1 = Operator(
    .expm1, precision: .onGPUs, .wrt(.x, saving: .output, "∂(eˣ-1)/∂x = eˣ") { g, y in g * (y + 1) }
  )
  /// 2ˣ
  public static let exp2 = Operator(
    .exp2, precision: .onGPUs,
    .wrt(.x, saving: .output, "∂2ˣ/∂x = 2ˣ·log 2") { g, y in g * y * ln2 })
  /// The natural logarithm.
  public static let log = Operator(
    .log, precision: .onGPUs,
    .wrt(.x, saving: .x, "∂log x/∂x = 1/x") { g, x in g / x }.ofOneOperation())
  /// log(1 + x), accurate for small x too.
  public static let log1p = Operator(
    .log1p, precision: .onGPUs,
    .wrt(.x, saving: .x, "∂log(1+x)/∂x = 1/(1+x)") { g, x in g / (x + 1) })
  /// The base-2 logarithm.
  public static let log2 = Operator(
    .log2, precision: .onGPUs,
    .wrt(.x, saving: .x, "∂log₂x/∂x = 1/(x·log 2)") { g, x in g / (x * ln2) })
  /// The base-10 logarithm.
  public static let log10 = Operator(
    .log10, precision: .onGPUs,
    .wrt(.x, saving: .x, "∂log₁₀x/∂x = 1/(x·log 10)") { g, x in g / (x * ln10) })
  /// 1 / (1 + e⁻ˣ)
  public static let sigmoid = Operator(
    .sigmoid, .wrt(.x, saving: .output, "∂σ(x)/∂x = σ(x)·(1-σ(x))") { g, y in g * y * (1 - y) })
  /// The error function, 2/√π · ∫₀ˣ e^(-t²) dt.
  public static let erf = Operator(
    .erf,
    .wrt(.x, saving: .x, "∂erf x/∂x = 2/√π·e^(-x²)") { g, x in g * (-x * x).exp() * twoOverRootPi })
  /// 1 - erf(x), accurate for large x too.
  public static let erfc = Operator(
    .erfc,
    .wrt(.x, saving: .x, "∂erfc x/∂x = -2/√π·e^(-x²)") { g, x in g * (-x * x).exp() * -twoOverRootPi
    })
}

/// Exponentials and logarithms.
extension Tensor {
  /// eˣ
  public func exp() -> Tensor {
    unary(.exp, self)
  }

  /// eˣ - 1, accurate for small x too.
  public func expm1() -> Tensor {
    unary(.expm1, self)
  }

  /// 2ˣ
  public func exp2() -> Tensor {
    unary(.exp2, self)
  }

  /// The natural logarithm.
  public func log() -> Tensor {
    unary(.log, self)
  }

  /// log(1 + x), accurate for small x too.
  public func log1p() -> Tensor {
    unary(.log1p, self)
  }

  /// The base-2 logarithm.
  public func log2() -> Tensor {
    unary(.log2, self)
  }

  /// The base-10 logarithm.
  public func log10() -> Tensor {
    unary(.log10, self)
  }

  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Tensor {
    unary(.sigmoid, self)
  }

  /// The error function, 2/√π · ∫₀ˣ e^(-t²) dt.
  public func erf() -> Tensor {
    unary(.erf, self)
  }

  /// 1 - erf(x), accurate for large x too.
  public func erfc() -> Tensor {
    unary(.erfc, self)
  }
}

private let ln2 = 0.69314718055994530942
private let ln10 = 2.30258509299404568402
private let twoOverRootPi = 1.12837916709551257390

extension Operator {
  /// The sine.
  public static let sin = Operator(
    .sin, .wrt(.x, saving: .x, "∂sin x/∂x = cos x") { g, x in g * x.cos() })
  /// The cosine.
  public static let cos = Operator(
    .cos, .wrt(.x, saving: .x, "∂cos x/∂x = -sin x") { g, x in -g * x.sin() })
  /// The tangent.
  public static let tan = Operator(
    .tan, precision: .onGPUs,
    .wrt(.x, saving: .output, "∂tan x/∂x = 1+tan²x") { g, y in g * (y * y + 1) })
  /// The inverse sine, from -π/2 to π/2.
  public static let asin = Operator(
    .asin, precision: .onGPUs,
    .wrt(.x, saving: .x, "∂asin x/∂x = 1/√(1-x²)") { g, x in g * (1 - x * x).rsqrt() })
  /// The inverse cosine, from 0 to π.
  public static let acos = Operator(
    .acos, precision: .onGPUs,
    .wrt(.x, saving: .x, "∂acos x/∂x = -1/√(1-x²)") { g, x in -g * (1 - x * x).rsqrt() })
  /// The inverse tangent, from -π/2 to π/2.
  public static let atan = Operator(
    .atan, .wrt(.x, saving: .x, "∂atan x/∂x = 1/(1+x²)") { g, x in g / (x * x + 1) })
  /// The hyperbolic sine, (eˣ - e⁻ˣ) / 2.
  public static let sinh = Operator(
    .sinh, precision: .onGPUs, .wrt(.x, saving: .x, "∂sinh x/∂x = cosh x") { g, x in g * x.cosh() })
  /// The hyperbolic cosine, (eˣ + e⁻ˣ) / 2.
  public static let cosh = Operator(
    .cosh, precision: .onGPUs, .wrt(.x, saving: .x, "∂cosh x/∂x = sinh x") { g, x in g * x.sinh() })
  /// The hyperbolic tangent, sinh x / cosh x.
  public static let tanh = Operator(
    .tanh, .wrt(.x, saving: .output, "∂tanh x/∂x = 1-tanh²x") { g, y in g * (1 - y * y) })
  /// The inverse hyperbolic sine.
  public static let asinh = Operator(
    .asinh, .wrt(.x, saving: .x, "∂asinh x/∂x = 1/√(x²+1)") { g, x in g * (x * x + 1).rsqrt() })
  /// The inverse hyperbolic cosine.
  public static let acosh = Operator(
    .acosh, .wrt(.x, saving: .x, "∂acosh x/∂x = 1/√(x²-1)") { g, x in g * (x * x - 1).rsqrt() })
  /// The inverse hyperbolic tangent, for numbers from -1 to 1.
  public static let atanh = Operator(
    .atanh, .wrt(.x, saving: .x, "∂atanh x/∂x = 1/(1-x²)") { g, x in g / (1 - x * x) })
}

/// Trigonometric and hyperbolic functions, of angles in radians, and their inverses.
extension Tensor {
  /// The sine; radians.
  public func sin() -> Tensor {
    unary(.sin, self)
  }

  /// The cosine; radians.
  public func cos() -> Tensor {
    unary(.cos, self)
  }

  /// The tangent; radians.
  public func tan() -> Tensor {
    unary(.tan, self)
  }

  /// The inverse sine, from -π/2 to π/2.
  public func asin() -> Tensor {
    unary(.asin, self)
  }

  /// The inverse cosine, from 0 to π.
  public func acos() -> Tensor {
    unary(.acos, self)
  }

  /// The inverse tangent, from -π/2 to π/2.
  public func atan() -> Tensor {
    unary(.atan, self)
  }

  /// The hyperbolic sine, (eˣ - e⁻ˣ) / 2.
  public func sinh() -> Tensor {
    unary(.sinh, self)
  }

  /// The hyperbolic cosine, (eˣ + e⁻ˣ) / 2.
  public func cosh() -> Tensor {
    unary(.cosh, self)
  }

  /// The hyperbolic tangent, sinh x / cosh x.
  public func tanh() -> Tensor {
    unary(.tanh, self)
  }

  /// The inverse hyperbolic sine.
  public func asinh() -> Tensor {
    unary(.asinh, self)
  }

  /// The inverse hyperbolic cosine; NaN below 1.
  public func acosh() -> Tensor {
    unary(.acosh, self)
  }

  /// The inverse hyperbolic tangent, for numbers from -1 to 1.
  public func atanh() -> Tensor {
    unary(.atanh, self)
  }
}

extension Operator {
  /// ⌊x⌋, x rounded down.
  public static let floor = rounding(.floor, "∂⌊x⌋/∂x = 0")
  /// ⌈x⌉, x rounded up.
  public static let ceil = rounding(.ceil, "∂⌈x⌉/∂x = 0")
  /// x rounded to the nearest integer, ties to even.
  public static let round = rounding(.round, "∂round x/∂x = 0")
  /// x rounded towards 0.
  public static let trunc = rounding(.trunc, "∂trunc x/∂x = 0")

  private static func rounding(_ kernel: UnaryOperation, _ formula: String) -> Operator {
    Operator(kernel, .wrt(.x, formula) { g in Tensor.zerosLike(g) })
  }

  /// x clamped to the range from `min` to `max`.
  public static let clamp = Operator(
    .clamp, parameters: ["min", "max"],
    .wrt(.x, saving: .x, "∂clamp(x)/∂x = 1 between the limits, else 0") { (g, x, p: Parameters) in
      Tensor.where((x .>= p[0]) & (x .<= p[1]), g, 0)
    })
  /// The fractional part, x - trunc x.
  public static let frac = Operator(
    .frac, .wrt(.x, "∂frac x/∂x = 1") { g in g })
}

/// Rounding. The derivatives are 0, except that of ``frac()``, which is 1.
extension Tensor {
  /// ⌊x⌋, x rounded down.
  public func floor() -> Tensor { rounded(.floor) }
  /// ⌈x⌉, x rounded up.
  public func ceil() -> Tensor { rounded(.ceil) }
  /// x rounded to the nearest integer, ties to even.
  public func round() -> Tensor { rounded(.round) }
  /// x rounded towards 0.
  public func trunc() -> Tensor { rounded(.trunc) }

  private func rounded(_ operation: Operator) -> Tensor {
    dtype.isFloatingPoint ? unary(operation, self) : clone()
  }

  /// The fractional part, x - trunc x: `torch.frac`.
  public func frac() -> Tensor {
    unary(.frac, self)
  }

  /// The elements clamped to the range from `min` to `max`: `torch.clamp`. If `min` is above `max`,
  /// all become `max`; if a limit is NaN, all become NaN.
  public func clamp(min: Double? = nil, max: Double? = nil) -> Tensor {
    if min?.isNaN == true || max?.isNaN == true { return self * 0 + Double.nan }
    guard dtype.isFloatingPoint else {
      func limit(_ number: Double) -> Tensor {
        Int(exactly: number).map { scalar($0) } ?? scalar(number)
      }
      let raised = min.map { maximum(limit($0)) } ?? self
      return max.map { raised.minimum(limit($0)) } ?? raised
    }
    return unary(.clamp, self, [min ?? -.infinity, max ?? .infinity])
  }

  /// A copy with NaN and infinities replaced: `torch.nan_to_num`. By default, infinities become the
  /// dtype's largest finite numbers.
  public func nanToNum(_ nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil) -> Tensor {
    guard dtype.isFloatingPoint else { return clone() }
    let largest = dtype.largestFinite
    let whole = Tensor.where(isnan(), scalar(nan), self)
    let below = Tensor.where(test(.isposinf, whole), scalar(posinf ?? largest), whole)
    return .where(test(.isneginf, whole), scalar(neginf ?? -largest), below)
  }
}

extension DType {
  /// The largest finite number of a floating-point dtype.
  var largestFinite: Double {
    switch self {
    case .float16: 65504
    case .bfloat16: 0x1.FEp127
    case .float32: Double(Float.greatestFiniteMagnitude)
    default: .greatestFiniteMagnitude
    }
  }
}
