// Activations as modules.

/// max(0, x): `torch.nn.ReLU`.
public final class ReLU: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.relu() }
}

/// min(max(0, x), 6): `torch.nn.ReLU6`.
public final class ReLU6: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.hardtanh(min: 0, max: 6) }
}

/// x where it is positive, else slope · x: `torch.nn.LeakyReLU`.
public final class LeakyReLU: Module, Rebuildable {
  /// The slope for negative inputs.
  public let negativeSlope: Double

  /// Creates the layer.
  ///
  /// - Parameter negativeSlope: slope for negative inputs.
  public init(_ negativeSlope: Double = 0.01) {
    self.negativeSlope = negativeSlope
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.leakyRelu(negativeSlope: negativeSlope)
  }

  public override var arguments: ModuleArguments { ["negative_slope": negativeSlope] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["negative_slope"])
  }
}

/// ``LeakyReLU`` with a learnable slope, one for all channels or one for each: `torch.nn.PReLU`; He
/// et al., 2015.
public final class PReLU: Module, Rebuildable {
  /// The slope for negative inputs, of shape [1] or [channels].
  @Parameter public var weight: Tensor

  /// Creates the layer.
  public init(_ numParameters: Int = 1, initial: Double = 0.25, dtype: DType = .float32) {
    weight = .full([numParameters], initial, dtype: dtype)
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { x.prelu(weight) }

  public override var arguments: ModuleArguments { ["num_parameters": weight.numel] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["num_parameters"])
  }
}

/// x where it is positive, else α · (eˣ - 1): `torch.nn.ELU`.
public final class ELU: Module, Rebuildable {
  /// α, the scale for negative inputs.
  public let alpha: Double

  /// Creates the layer.
  ///
  /// - Parameter alpha: scale for negative inputs.
  public init(_ alpha: Double = 1) {
    self.alpha = alpha
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { x.elu(alpha: alpha) }

  public override var arguments: ModuleArguments { ["alpha": alpha] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["alpha"])
  }
}

/// scale · ELU(x, α), with the constants for which means and variances stay normalized:
/// `torch.nn.SELU`; Klambauer et al., 2017.
public final class SELU: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.selu() }
}

/// x · Φ(x), where Φ is the cumulative distribution function of the standard normal distribution:
/// `torch.nn.GELU`.
public final class GELU: Module, Rebuildable {
  /// Whether to use the tanh approximation.
  public let approximate: Tensor.GELU

  /// Creates the layer.
  ///
  /// - Parameter approximate: whether to use the tanh approximation.
  public init(approximate: Tensor.GELU = .none) {
    self.approximate = approximate
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { x.gelu(approximate: approximate) }

  public override var arguments: ModuleArguments { ["approximate": approximate] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(approximate: try arguments["approximate"])
  }
}

/// x · sigmoid(x): `torch.nn.SiLU`.
public final class SiLU: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.silu() }
}

/// x · tanh(softplus(x)): `torch.nn.Mish`.
public final class Mish: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.mish() }
}

/// The hyperbolic tangent: `torch.nn.Tanh`.
public final class Tanh: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.tanh() }
}

/// 1 / (1 + e⁻ˣ): `torch.nn.Sigmoid`.
public final class Sigmoid: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.sigmoid() }
}

/// log(sigmoid(x)): `torch.nn.LogSigmoid`.
public final class LogSigmoid: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.logSigmoid() }
}

/// log(1 + e^(β·x)) / β: `torch.nn.Softplus`.
public final class Softplus: Module, Rebuildable {
  /// β: the larger, the closer to ReLU.
  public let beta: Double
  /// The value of β·x above which it is linear.
  public let threshold: Double

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - beta: sharpness; the larger, the closer to ReLU.
  ///   - threshold: value of β·x above which it is linear.
  public init(beta: Double = 1, threshold: Double = 20) {
    self.beta = beta
    self.threshold = threshold
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.softplus(beta: beta, threshold: threshold)
  }

  public override var arguments: ModuleArguments { ["beta": beta, "threshold": threshold] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(beta: try arguments["beta"], threshold: try arguments["threshold"])
  }
}

/// x / (1 + |x|): `torch.nn.Softsign`.
public final class Softsign: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.softsign() }
}

/// x clamped to [min, max]: `torch.nn.Hardtanh`.
public final class Hardtanh: Module, Rebuildable {
  /// The lowest value.
  public let min: Double
  /// The highest value.
  public let max: Double

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - min: the lowest value.
  ///   - max: the highest value.
  public init(min: Double = -1, max: Double = 1) {
    self.min = min
    self.max = max
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { x.hardtanh(min: min, max: max) }

  public override var arguments: ModuleArguments { ["min_val": min, "max_val": max] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(min: try arguments["min_val"], max: try arguments["max_val"])
  }
}

/// x · hardsigmoid(x): `torch.nn.Hardswish`.
public final class Hardswish: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.hardswish() }
}

/// (x + 3) / 6, clamped to [0, 1]: `torch.nn.Hardsigmoid`.
public final class Hardsigmoid: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x.hardsigmoid() }
}

/// eˣ / Σ eˣ along a dim: `torch.nn.Softmax`.
public final class Softmax: Module, Rebuildable {
  /// The dim along which values sum to 1.
  public let dim: Int

  /// Creates the layer.
  ///
  /// - Parameter dim: dim along which values sum to 1.
  public init(dim: Int) {
    self.dim = dim
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { x.softmax(dim: dim) }

  public override var arguments: ModuleArguments { ["dim": dim] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(dim: try arguments["dim"])
  }
}

/// The logarithm of ``Softmax``: `torch.nn.LogSoftmax`.
public final class LogSoftmax: Module, Rebuildable {
  /// The dim along which probabilities sum to 1.
  public let dim: Int

  /// Creates the layer.
  ///
  /// - Parameter dim: dim along which probabilities sum to 1.
  public init(dim: Int) {
    self.dim = dim
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { x.logSoftmax(dim: dim) }

  public override var arguments: ModuleArguments { ["dim": dim] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(dim: try arguments["dim"])
  }
}

/// The gated linear unit, a · sigmoid(b) for the halves a and b along a dim: `torch.nn.GLU`.
public final class GLU: Module, Rebuildable {
  /// The dim to halve.
  public let dim: Int

  /// Creates the layer.
  ///
  /// - Parameter dim: dim to halve.
  public init(dim: Int = -1) {
    self.dim = dim
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { x.glu(dim: dim) }

  public override var arguments: ModuleArguments { ["dim": dim] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(dim: try arguments["dim"])
  }
}
