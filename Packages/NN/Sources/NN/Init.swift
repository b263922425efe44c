@_spi(Flambeau) import Devices
import Foundation
@_spi(Flambeau) import Tensors

/// Initialization of parameters, in place: `torch.nn.init`.
///
///     Init.kaimingNormal(layer.weight, nonlinearity: .relu)
public enum Init {
  /// Fills a tensor from the uniform distribution: `torch.nn.init.uniform_`.
  public static func uniform(
    _ tensor: Tensor, low: Double = 0, high: Double = 1, generator: Generator = .default
  ) {
    set(tensor) {
      .uniformLike($0, low: low, high: high, generator: generator)
    }
  }

  /// Fills a tensor from the uniform distribution between two numbers: `torch.nn.init.uniform_`.
  public static func uniform(_ tensor: Tensor, _ low: Double, _ high: Double) {
    uniform(tensor, low: low, high: high)
  }

  /// Fills a tensor from the normal distribution: `torch.nn.init.normal_`.
  public static func normal(
    _ tensor: Tensor, mean: Double = 0, std: Double = 1, generator: Generator = .default
  ) {
    set(tensor) {
      .normalLike($0, mean: mean, std: std, generator: generator)
    }
  }

  /// Fills a tensor from the normal distribution of a mean and a standard deviation:
  /// `torch.nn.init.normal_`.
  public static func normal(_ tensor: Tensor, _ mean: Double, _ std: Double) {
    normal(tensor, mean: mean, std: std)
  }

  /// Fills a tensor from the normal distribution truncated to two limits:
  /// `torch.nn.init.trunc_normal_`.
  public static func truncNormal(
    _ tensor: Tensor, mean: Double = 0, std: Double = 1, low: Double = -2, high: Double = 2,
    generator: Generator = .default
  ) {
    func share(_ x: Double) -> Double { (1 + erf((x - mean) / std / 2.0.squareRoot())) / 2 }
    set(tensor) { tensor in
      // Rejection sampling: while any number is outside the limits, all are drawn again.
      func again(_ isOutside: (Tensor) -> Tensor, _ draw: () -> Tensor) -> Tensor {
        var result = draw()
        var outside = isOutside(result)
        while outside.any().item(as: Bool.self) {
          let next = draw()
          result = .where(outside, next, result)
          outside = outside & isOutside(next)
        }
        return result
      }
      if share(high) - share(low) > 0.3 {
        let bounds = Tensor([low, high], dtype: tensor.dtype).scalars(as: Double.self)
        return again {
          ($0 .< bounds[0]) | ($0 .> bounds[1])
        } _: {
          .normalLike(tensor, mean: mean, std: std, generator: generator)
        }
      }
      // If little of the distribution is within the limits, uniform numbers are accepted with a
      // probability given by the density.
      let mode = max(low, min(mean, high))
      let peak = -0.5 * ((mode - mean) / std) * ((mode - mean) / std)
      return again { x in
        let density = ((x - mean) / std).square() * -0.5 - peak
        let draws = Tensor.uniformLike(x, low: 0, high: 1, generator: generator)
        return draws.log() .> density
      } _: {
        .uniformLike(tensor, low: low, high: high, generator: generator)
      }
    }
  }

  /// Fills a tensor with one number: `torch.nn.init.constant_`.
  public static func constant(_ tensor: Tensor, _ value: Double) {
    set(tensor) { .full($0.shape, value, dtype: $0.dtype, device: $0.device) }
  }

  /// Fills a tensor with zeros: `torch.nn.init.zeros_`.
  public static func zeros(_ tensor: Tensor) { constant(tensor, 0) }

  /// Fills a tensor with ones: `torch.nn.init.ones_`.
  public static func ones(_ tensor: Tensor) { constant(tensor, 1) }

  /// Fills a tensor from U(-a, a) with a = gain · √(6 / (fanIn + fanOut)), so that variances are
  /// kept in the forward and backward pass: `torch.nn.init.xavier_uniform_`; Glorot and Bengio,
  /// 2010.
  public static func xavierUniform(
    _ tensor: Tensor, gain: Double = 1, generator: Generator = .default
  ) {
    let (fanIn, fanOut) = fans(tensor)
    let bound = 3.0.squareRoot() * gain * (2 / Double(fanIn + fanOut)).squareRoot()
    uniform(tensor, low: -bound, high: bound, generator: generator)
  }

  /// As ``xavierUniform(_:gain:generator:)``, from N(0, std²) with std = gain · √(2 / (fanIn +
  /// fanOut)): `torch.nn.init.xavier_normal_`.
  public static func xavierNormal(
    _ tensor: Tensor, gain: Double = 1, generator: Generator = .default
  ) {
    let (fanIn, fanOut) = fans(tensor)
    normal(
      tensor, std: gain * (2 / Double(fanIn + fanOut)).squareRoot(), generator: generator)
  }

  /// Fills a tensor from U(-b, b) with b = gain · √(3 / fan), so that variances are kept through
  /// rectified layers: `torch.nn.init.kaiming_uniform_`; He et al., 2015.
  ///
  /// - Parameters:
  ///   - tensor: the tensor to fill.
  ///   - a: the negative slope, with ``Nonlinearity/leakyRelu``.
  ///   - mode: whether variances are kept in the forward (`fanIn`) or the backward (`fanOut`) pass.
  ///   - nonlinearity: the nonlinearity after the layer.
  ///   - generator: random number generator.
  public static func kaimingUniform(
    _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn,
    nonlinearity: Nonlinearity = .leakyRelu, generator: Generator = .default
  ) {
    let bound = 3.0.squareRoot() * kaimingDeviation(tensor, a, mode, nonlinearity)
    uniform(tensor, low: -bound, high: bound, generator: generator)
  }

  /// As ``kaimingUniform(_:a:mode:nonlinearity:generator:)``, from N(0, std²) with std = gain /
  /// √fan: `torch.nn.init.kaiming_normal_`.
  public static func kaimingNormal(
    _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn,
    nonlinearity: Nonlinearity = .leakyRelu, generator: Generator = .default
  ) {
    normal(tensor, std: kaimingDeviation(tensor, a, mode, nonlinearity), generator: generator)
  }

  /// Fills a tensor with a matrix of orthonormal rows or columns: `torch.nn.init.orthogonal_`; Saxe
  /// et al., 2013.
  public static func orthogonal(
    _ tensor: Tensor, gain: Double = 1, generator: Generator = .default
  ) {
    guard tensor.ndim >= 2 else {
      fatalError("Init.orthogonal: shape \(tensor.shape); it needs at least 2 dims")
    }
    set(tensor) {
      let rows = $0.shape[0]
      let columns = $0.numel / max(rows, 1)
      let drawn = Tensor.randn(
        [rows, columns], dtype: $0.dtype, device: $0.device, generator: generator)
      let (q, r) = (rows < columns ? drawn.T : drawn).qr()
      let signed = q * r.diagonal().sign()
      return (rows < columns ? signed.T : signed).reshape($0.shape) * gain
    }
  }

  /// Which fan of a layer scales its initial values.
  public enum FanMode: Sendable {
    /// The number of inputs of each output, or of outputs of each input.
    case fanIn, fanOut
  }

  /// The nonlinearity after a layer.
  public enum Nonlinearity: Sendable {
    /// The nonlinearity after the layer.
    case linear, sigmoid, tanh, relu, leakyRelu, selu

    /// The recommended gain: `torch.nn.init.calculate_gain`.
    public func gain(slope: Double = 0.01) -> Double {
      switch self {
      case .linear, .sigmoid: 1
      case .tanh: 5.0 / 3
      case .relu: 2.0.squareRoot()
      case .leakyRelu: (2 / (1 + slope * slope)).squareRoot()
      case .selu: 3.0 / 4
      }
    }
  }

  private static func kaimingDeviation(
    _ tensor: Tensor, _ a: Double, _ mode: FanMode, _ nonlinearity: Nonlinearity
  ) -> Double {
    let (fanIn, fanOut) = fans(tensor)
    return nonlinearity.gain(slope: a) / Double(mode == .fanIn ? fanIn : fanOut).squareRoot()
  }

  /// The fan-in and fan-out of a layer with this weight.
  static func fans(_ weight: Tensor) -> (fanIn: Int, fanOut: Int) {
    guard weight.ndim >= 2 else {
      fatalError("Init: shape \(weight.shape); a weight needs at least 2 dims")
    }
    let field: Int = weight.shape.dropFirst(2).reduce(1, *)
    return (weight.shape[1] * field, weight.shape[0] * field)
  }

  private static func set(_ tensor: Tensor, _ value: (Tensor) -> Tensor) {
    if AmbientState.skipsInit { return }
    noGrad { tensor.copy(from: value(tensor)) }
  }

  /// A new tensor from `draw`; uninitialized if initialization is skipped.
  static func drawn(
    _ shape: [Int], _ dtype: DType, _ device: Device, _ draw: () -> Tensor
  ) -> Tensor {
    AmbientState.skipsInit ? .empty(shape, dtype: dtype, device: device) : draw()
  }

  /// Runs `body` with the library's layers skipping initialization.
  static func skipping<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withAmbient({ $0.skips_init = true }, body)
  }
}
