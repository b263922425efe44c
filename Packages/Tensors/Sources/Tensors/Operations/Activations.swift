// What networks bend their numbers with. Each stands beside its derivative; the arithmetic itself is in
// COperations' elementwise.h.

extension Tensor {
  /// x where it is positive, else 0. Its derivative at 0 is 0.
  public func relu() -> Tensor {
    unary(.relu, self).recorded(
      "relu", .wrt(self, savingOutput: { g, y in Tensor.gate(g, y) }).ofOneOperation())
  }

  /// x where it is positive, else slope · x: `torch.nn.functional.leaky_relu`.
  public func leakyRelu(negativeSlope slope: Double = 0.01) -> Tensor {
    unary(.leakyRelu, self, slope).recorded(
      "leakyRelu", .wrt(self, saving: self) { g, x in Tensor.where(x .> 0, g, g * slope) })
  }

  /// x where it is positive, else weight · x, with one weight, or one for each place of dim 1:
  /// `torch.nn.functional.prelu`.
  public func prelu(_ weight: Tensor) -> Tensor {
    if Autocast.current != nil, forProducts !== self {
      return forProducts.prelu(weight.forProducts)
    }
    guard weight.ndim <= 1, weight.numel == 1 || (ndim > 1 && weight.numel == shape[1]) else {
      fatalError(
        "prelu: \(weight.numel) weights for a tensor of shape \(shape); there must be one, or one for "
          + "each place of dim 1")
    }
    var spread = [Int](repeating: 1, count: Swift.max(ndim, 1))
    if weight.numel != 1 { spread[1] = weight.numel }
    return .where(self .> 0, self, self * weight.reshape(ndim == 0 ? [] : spread))
  }

  /// x where it is positive, else α · (eˣ - 1): `torch.nn.functional.elu`.
  public func elu(alpha: Double = 1) -> Tensor { elu(alpha: alpha, scale: 1, "elu") }

  /// ``elu(alpha:)`` with a slope that keeps variances: `torch.nn.functional.selu`; Klambauer and
  /// others, 2017.
  public func selu() -> Tensor {
    elu(alpha: 1.6732632423543772848, scale: 1.0507009873554804934, "selu")
  }

  func elu(alpha: Double, scale: Double, _ name: String) -> Tensor {
    unary(.elu, self, alpha, scale).recorded(
      name,
      .wrt(self, saving: self) { g, x in
        // The second derivative at 0 is 0.
        let below = Tensor.where(x .< 0, x, 0)
        return Tensor.where(x .<= 0, g * below.exp() * (alpha * scale), g * scale)
      })
  }

  /// x · Φ(x), where Φ is the normal distribution's: `torch.nn.functional.gelu`; with `tanh` the
  /// approximation of Hendrycks and Gimpel, 2016.
  public func gelu(approximate: GELU = .none) -> Tensor {
    switch approximate {
    case .none:
      return unary(.gelu, self).recorded(
        "gelu",
        .wrt(self, saving: self) { g, x in
          let below = ((x * 0.70710678118654752440).erf() + 1) * 0.5
          return g * (below + x * (x * x * -0.5).exp() * 0.39894228040143267794)
        })
    case .tanh:
      return unary(.geluTanh, self).recorded(
        "geluTanh",
        .wrt(self, saving: self) { g, x in
          let (k, c) = (0.79788456080286535588, 0.044715)
          let t = ((x + x * x * x * c) * k).tanh()
          return g * ((t + 1) + x * (1 - t * t) * (x * x * (3 * c) + 1) * k) * 0.5
        })
    }
  }

  /// How ``Tensor/gelu(approximate:)`` is computed.
  public enum GELU: String, Sendable {
    /// With the error function, or nearly so with tanh.
    case none, tanh
  }

  /// x · sigmoid(x): `torch.nn.functional.silu`, also called swish.
  public func silu() -> Tensor {
    unary(.silu, self).recorded(
      "silu",
      .wrt(self, saving: self) { g, x in
        let s = x.sigmoid()
        return g * s * (x * (1 - s) + 1)
      })
  }

  /// x · tanh(softplus(x)): `torch.nn.functional.mish`.
  public func mish() -> Tensor {
    unary(.mish, self).recorded(
      "mish",
      .wrt(self, saving: self) { g, x in
        let t = x.softplus().tanh()
        return g * (t + x * x.sigmoid() * (1 - t * t))
      })
  }

  /// log(1 + e^(β·x)) / β, and x itself where β·x is above the threshold:
  /// `torch.nn.functional.softplus`.
  public func softplus(beta: Double = 1, threshold: Double = 20) -> Tensor {
    unary(.softplus, self, beta, threshold).recorded(
      "softplus",
      .wrt(self, saving: self) { g, x in
        Tensor.where(x * beta .> threshold, g, g * (x * beta).sigmoid())
      })
  }

  /// log(sigmoid(x)), without overflow: `torch.nn.functional.logsigmoid`.
  public func logSigmoid() -> Tensor {
    unary(.logSigmoid, self).recorded(
      "logSigmoid", .wrt(self, saving: self) { g, x in g * (-x).sigmoid() })
  }

  /// x / (1 + |x|): `torch.nn.functional.softsign`.
  public func softsign() -> Tensor {
    unary(.softsign, self).recorded(
      "softsign", .wrt(self, saving: self) { g, x in g / (x.abs() + 1).square() })
  }

  /// x between two limits: `torch.nn.functional.hardtanh`.
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
    return unary(.clamp, self, min, max).recorded(
      "hardtanh",
      .wrt(self, saving: self) { g, x in Tensor.where((x .<= min) | (x .>= max), 0, g) }
        .ofOneOperation())
  }

  /// (x + 3) / 6 between 0 and 1: `torch.nn.functional.hardsigmoid`.
  public func hardsigmoid() -> Tensor {
    unary(.hardsigmoid, self).recorded(
      "hardsigmoid",
      .wrt(self, saving: self) { g, x in Tensor.where((x .> -3) & (x .< 3), g / 6, 0) })
  }

  /// x · hardsigmoid(x): `torch.nn.functional.hardswish`.
  public func hardswish() -> Tensor {
    unary(.hardswish, self).recorded(
      "hardswish",
      .wrt(self, saving: self) { g, x in
        Tensor.where(x .<= -3, 0, Tensor.where(x .< 3, g * (x / 3 + 0.5), g))
      })
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
