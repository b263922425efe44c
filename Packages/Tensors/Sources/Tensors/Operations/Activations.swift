// Activation functions, each next to its derivative; the arithmetic itself is in COperations'
// elementwise.h.

extension Operator {
  /// x where it is positive, else 0.
  public static let relu = Operator(
    .relu,
    .wrt(.x, saving: .output, "∂relu(x)/∂x = 1 where x > 0, else 0") { g, y in
      Tensor.gate(g, y)
    }.ofOneOperation())
  /// x where it is positive, else slope · x
  public static let leakyRelu = Operator(
    .leakyRelu, parameters: ["negativeSlope"],
    .wrt(.x, saving: .x, "∂leakyRelu(x)/∂x = 1 where x > 0, else the slope") {
      (g, x, p: Parameters) in
      Tensor.where(x .> 0, g, g * p[0])
    })
  /// x where it is positive, else α · (eˣ - 1), times a scale.
  public static let elu = exponentialLinear("elu", "∂elu(x)/∂x = 1 where x > 0, else α·eˣ")
  static let selu = exponentialLinear("selu", "∂selu(x)/∂x = s where x > 0, else s·α·eˣ")

  private static func exponentialLinear(_ name: String, _ formula: String) -> Operator {
    Operator(
      .elu, name: name, parameters: ["alpha", "scale"],
      .wrt(.x, saving: .x, formula) { (g, x, p: Parameters) in
        // The second derivative at 0 is 0.
        let below = Tensor.where(x .< 0, x, 0)
        return Tensor.where(x .<= 0, g * below.exp() * (p[0] * p[1]), g * p[1])
      })
  }

  /// x · Φ(x), where Φ is the standard normal CDF
  public static let gelu = Operator(
    .gelu,
    .wrt(.x, saving: .x, "∂(x·Φ(x))/∂x = Φ(x)+x·φ(x)") { g, x in
      Tensor.geluGradient(g, x)
    }.ofOneOperation())
  static let geluGradient = Operator(
    .geluGradient,
    .wrt(.x, saving: .y, "∂(g·gelu′(x))/∂g = gelu′(x)") { g, x in
      Tensor.geluGradient(g, x)
    }.ofOneOperation(),
    .wrt(.y, saving: .x, .y, "∂(g·gelu′(x))/∂x = g·φ(x)·(2-x²)") { g, outer, x in
      g * outer * (x * x * -0.5).exp() * (2 - x * x) * 0.39894228040143267794
    })
  /// The same, approximated with tanh.
  public static let geluTanh = Operator(
    .geluTanh,
    .wrt(.x, saving: .x, "∂gelu(x)/∂x, by tanh") { g, x in
      let (k, c) = (0.79788456080286535588, 0.044715)
      let t = ((x + x * x * x * c) * k).tanh()
      return g * ((t + 1) + x * (1 - t * t) * (x * x * (3 * c) + 1) * k) * 0.5
    })
  /// x · sigmoid(x)
  public static let silu = Operator(
    .silu,
    .wrt(.x, saving: .x, "∂(x·σ(x))/∂x = σ(x)·(1+x·(1-σ(x)))") { g, x in
      let s = x.sigmoid()
      return g * s * (x * (1 - s) + 1)
    })
  /// x · tanh(softplus(x))
  public static let mish = Operator(
    .mish,
    .wrt(.x, saving: .x, "∂(x·t)/∂x = t+x·σ(x)·(1-t²), t = tanh(softplus x)") { g, x in
      let t = x.softplus().tanh()
      return g * (t + x * x.sigmoid() * (1 - t * t))
    })
  /// log(1 + e^(β·x)) / β, and x itself where β·x is above the threshold
  public static let softplus = Operator(
    .softplus, precision: .onGPUs, parameters: ["beta", "threshold"],
    .wrt(.x, saving: .x, "∂softplus(x)/∂x = σ(β·x)") { (g, x, p: Parameters) in
      Tensor.where(x * p[0] .> p[1], g, g * (x * p[0]).sigmoid())
    })
  /// log(sigmoid(x)), without overflow
  public static let logSigmoid = Operator(
    .logSigmoid, precision: .onGPUs,
    .wrt(.x, saving: .x, "∂log σ(x)/∂x = σ(-x)") { g, x in g * (-x).sigmoid() })
  /// x / (1 + |x|)
  public static let softsign = Operator(
    .softsign,
    .wrt(.x, saving: .x, "∂softsign(x)/∂x = 1/(1+|x|)²") { g, x in g / (x.abs() + 1).square() })
  static let hardtanh = Operator(
    .clamp, name: "hardtanh", parameters: ["min", "max"],
    .wrt(.x, saving: .x, "∂hardtanh(x)/∂x = 1 between the limits, else 0") {
      (g, x, p: Parameters) in
      Tensor.where((x .<= p[0]) | (x .>= p[1]), 0, g)
    }.ofOneOperation())
  /// (x + 3) / 6 between 0 and 1
  public static let hardsigmoid = Operator(
    .hardsigmoid,
    .wrt(.x, saving: .x, "∂hardsigmoid(x)/∂x = 1/6 for |x| < 3, else 0") { g, x in
      Tensor.hardsigmoidGradient(g, x)
    }.ofOneOperation())
  static let hardsigmoidGradient = Operator(
    .hardsigmoidGradient,
    .wrt(.x, saving: .y, "∂(g·hardsigmoid′(x))/∂g = hardsigmoid′(x)") { g, x in
      Tensor.hardsigmoidGradient(g, x)
    }.ofOneOperation(),
    .wrt(.y, "∂(g·hardsigmoid′(x))/∂x = 0") { g in Tensor.zerosLike(g) })
  /// x · hardsigmoid(x)
  public static let hardswish = Operator(
    .hardswish,
    .wrt(.x, saving: .x, "∂hardswish(x)/∂x = (2x+3)/6 for |x| < 3, 1 above, 0 below") { g, x in
      Tensor.hardswishGradient(g, x)
    }.ofOneOperation())
  static let hardswishGradient = Operator(
    .hardswishGradient,
    .wrt(.x, saving: .y, "∂(g·hardswish′(x))/∂g = hardswish′(x)") { g, x in
      Tensor.hardswishGradient(g, x)
    }.ofOneOperation(),
    .wrt(.y, saving: .x, .y, "∂(g·hardswish′(x))/∂x = g/3 for |x| < 3, else 0") { g, outer, x in
      Tensor.where((x .> -3) & (x .< 3), g * outer / 3, 0)
    })
}

extension Tensor {
  /// x where it is positive, else 0: `torch.relu`. Its derivative at 0 is 0.
  public func relu() -> Tensor {
    unary(.relu, self)
  }

  /// x where it is positive, else slope · x: `torch.nn.functional.leaky_relu`.
  public func leakyRelu(negativeSlope slope: Double = 0.01) -> Tensor {
    unary(.leakyRelu, self, [slope])
  }

  /// x where it is positive, else weight · x, with one weight, or one for each channel (dim 1):
  /// `torch.nn.functional.prelu`.
  public func prelu(_ weight: Tensor) -> Tensor {
    if Autocast.current != nil, forProducts !== self {
      return forProducts.prelu(weight.forProducts)
    }
    guard weight.ndim <= 1, weight.numel == 1 || (ndim > 1 && weight.numel == shape[1]) else {
      fatalError(
        "prelu: \(weight.numel) weights for a tensor of shape \(shape); there must be one, or one for "
          + "each channel, dim 1")
    }
    var spread = [Int](repeating: 1, count: Swift.max(ndim, 1))
    if weight.numel != 1 { spread[1] = weight.numel }
    return .where(self .> 0, self, self * weight.reshape(ndim == 0 ? [] : spread))
  }

  /// x where it is positive, else α · (eˣ - 1): `torch.nn.functional.elu`.
  public func elu(alpha: Double = 1) -> Tensor { elu(alpha: alpha, scale: 1, .elu) }

  /// ``elu(alpha:)``, scaled so that it preserves variances: `torch.nn.functional.selu`; Klambauer
  /// and others, 2017.
  public func selu() -> Tensor {
    elu(alpha: 1.6732632423543772848, scale: 1.0507009873554804934, .selu)
  }

  func elu(alpha: Double, scale: Double, _ row: Operator) -> Tensor {
    unary(row, self, [alpha, scale])
  }

  /// x · Φ(x), where Φ is the standard normal CDF: `torch.nn.functional.gelu`; with `tanh`, the
  /// approximation of Hendrycks and Gimpel, 2016.
  public func gelu(approximate: GELU = .none) -> Tensor {
    switch approximate {
    case .none: unary(.gelu, self)
    case .tanh: unary(.geluTanh, self)
    }
  }

  /// How ``Tensor/gelu(approximate:)`` is computed.
  public enum GELU: String, Sendable {
    /// Exactly, with the error function, or approximately, with tanh.
    case none, tanh
  }

  /// x · sigmoid(x): `torch.nn.functional.silu`, also called swish.
  public func silu() -> Tensor {
    unary(.silu, self)
  }

  /// x · tanh(softplus(x)): `torch.nn.functional.mish`.
  public func mish() -> Tensor {
    unary(.mish, self)
  }

  /// log(1 + e^(β·x)) / β, and x itself where β·x is above the threshold:
  /// `torch.nn.functional.softplus`.
  public func softplus(beta: Double = 1, threshold: Double = 20) -> Tensor {
    unary(.softplus, self, [beta, threshold])
  }

  /// log(sigmoid(x)), without overflow: `torch.nn.functional.logsigmoid`.
  public func logSigmoid() -> Tensor {
    unary(.logSigmoid, self)
  }

  /// x / (1 + |x|): `torch.nn.functional.softsign`.
  public func softsign() -> Tensor {
    unary(.softsign, self)
  }

  /// x clamped to a range: `torch.nn.functional.hardtanh`.
  public func hardtanh(min: Double = -1, max: Double = 1) -> Tensor {
    guard min <= max else {
      fatalError("hardtanh: min \(min) and max \(max); the first must not be larger")
    }
    guard dtype.isFloatingPoint else {
      if dtype == .bool || (dtype == .uint8 && min < 0) {
        fatalError(
          "hardtanh: a tensor of \(dtype) from \(min) to \(max); it cannot hold these limits")
      }
      return clamp(min: min.rounded(.towardZero), max: max.rounded(.towardZero))
    }
    return unary(.hardtanh, self, [min, max])
  }

  /// (x + 3) / 6 between 0 and 1: `torch.nn.functional.hardsigmoid`.
  public func hardsigmoid() -> Tensor {
    unary(.hardsigmoid, self)
  }

  /// x · hardsigmoid(x): `torch.nn.functional.hardswish`.
  public func hardswish() -> Tensor {
    unary(.hardswish, self)
  }

  /// The first half along a dim times the sigmoid of the second: `torch.nn.functional.glu`.
  public func glu(dim: Int = -1) -> Tensor {
    let dim = checkedDim(dim, for: "glu")
    guard ndim > 0, shape[dim] % 2 == 0 else {
      fatalError("glu: dim \(dim) of a tensor of shape \(shape) cannot be halved")
    }
    let half = shape[dim] / 2
    return narrow(dim, start: 0, length: half) * narrow(dim, start: half, length: half).sigmoid()
  }
}

// What is passed on of a gradient, in one operation.
extension Tensor {
  fileprivate static func geluGradient(_ g: Tensor, _ x: Tensor) -> Tensor {
    binary(.geluGradient, g, x)
  }

  fileprivate static func hardsigmoidGradient(_ g: Tensor, _ x: Tensor) -> Tensor {
    binary(.hardsigmoidGradient, g, x)
  }

  fileprivate static func hardswishGradient(_ g: Tensor, _ x: Tensor) -> Tensor {
    binary(.hardswishGradient, g, x)
  }
}
