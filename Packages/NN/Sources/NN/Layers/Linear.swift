/// The affine map x·wᵀ + b: `torch.nn.Linear`.
///
/// Input of shape […, inFeatures], output of shape […, outFeatures].
open class Linear: Module {
  /// The number of input features.
  public let inFeatures: Int
  /// The number of output features.
  public let outFeatures: Int
  /// The weight, of shape [outFeatures, inFeatures].
  @Parameter public var weight: Tensor
  /// The bias, of shape [outFeatures]; nil for none.
  @Parameter public var bias: Tensor?

  /// Creates the layer. Weight and bias are drawn from U(-1/√inFeatures, 1/√inFeatures).
  public init(
    _ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, dtype: DType = .float32,
    device: Device = .default, generator: Generator = .default
  ) {
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
    let drawn = Layer.uniform(
      [outFeatures, inFeatures], bias: bias ? outFeatures : nil, fanIn: inFeatures, dtype, device,
      generator)
    weight = drawn.weight
    self.bias = drawn.bias
    super.init()
  }

  open override func forward(_ x: Tensor) -> Tensor {
    guard x.ndim > 0, x.shape[x.ndim - 1] == inFeatures else {
      fail(
        "expected last dim \(inFeatures), got \(x.shape.last ?? 1) in an input of shape \(x.shape)")
    }
    return x.linear(weight, bias: bias)
  }

  open override var arguments: ModuleArguments {
    ["in_features": inFeatures, "out_features": outFeatures, "bias": bias != nil]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["in_features"], try arguments["out_features"], bias: try arguments["bias"])
  }
}

/// Helpers that layers share.
enum Layer {
  /// A weight and a bias drawn from U(-1/√fanIn, 1/√fanIn), as in most of PyTorch's layers.
  static func uniform(
    _ weight: [Int], bias: Int?, fanIn: Int, _ dtype: DType, _ device: Device,
    _ generator: Generator
  ) -> (weight: Tensor, bias: Tensor?) {
    let bound = fanIn > 0 ? 1 / Double(fanIn).squareRoot() : 0
    func draw(_ shape: [Int]) -> Tensor {
      Init.drawn(shape, dtype, device) {
        .uniform(
          shape, low: -bound, high: bound, dtype: dtype, device: device, generator: generator)
      }
    }
    return (draw(weight), bias.map { draw([$0]) })
  }
}

/// The identity, which returns its input: `torch.nn.Identity`.
public final class Identity: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x }
}

/// Flattens a range of dims into one, by default all but the batch: `torch.nn.Flatten`.
public final class Flatten: Module, Rebuildable {
  /// The first dim to flatten.
  public let startDim: Int
  /// The last dim to flatten.
  public let endDim: Int

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - startDim: first dim to flatten.
  ///   - endDim: last dim to flatten.
  public init(startDim: Int = 1, endDim: Int = -1) {
    self.startDim = startDim
    self.endDim = endDim
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.flatten(startDim: startDim, endDim: endDim)
  }

  public override var arguments: ModuleArguments { ["start_dim": startDim, "end_dim": endDim] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(startDim: try arguments["start_dim"], endDim: try arguments["end_dim"])
  }
}

/// Splits a dim into several: `torch.nn.Unflatten`.
public final class Unflatten: Module, Rebuildable {
  /// The dim to split.
  public let dim: Int
  /// The sizes of the new dims.
  public let sizes: [Int]

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - dim: dim to split.
  ///   - sizes: sizes of the new dims.
  public init(_ dim: Int, _ sizes: [Int]) {
    self.dim = dim
    self.sizes = sizes
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { x.unflatten(dim, sizes) }

  public override var arguments: ModuleArguments { ["dim": dim, "unflattened_size": sizes] }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["dim"], try arguments["unflattened_size"])
  }
}
