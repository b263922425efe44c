/// x·wᵀ + b: `torch.nn.Linear`.
///
/// Input of shape […, inFeatures], output of shape […, outFeatures].
open class Linear: Module {
  /// How many numbers come in.
  public let inFeatures: Int
  /// How many go out.
  public let outFeatures: Int
  /// Of shape [outFeatures, inFeatures].
  @Parameter public var weight: Tensor
  /// Of shape [outFeatures], or none.
  @Parameter public var bias: Tensor?

  /// Weights and biases are drawn evenly from -1/√inFeatures to 1/√inFeatures.
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

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["in_features"], try arguments["out_features"], bias: try arguments["bias"])
  }
}

/// What layers have in common.
enum Layer {
  /// A weight and a bias, drawn evenly from -1/√fanIn to 1/√fanIn, as most of PyTorch's layers do.
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

/// Its input: `torch.nn.Identity`.
public final class Identity: Module, ArgumentFree {
  public override func forward(_ x: Tensor) -> Tensor { x }
}

/// The dims from one to another as one: `torch.nn.Flatten`. By default all but the batch.
public final class Flatten: Module, Rebuildable {
  /// The first dim that is joined.
  public let startDim: Int
  /// The last one.
  public let endDim: Int

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - startDim: the first dim that is joined.
  ///   - endDim: the last one.
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

/// One dim as several: `torch.nn.Unflatten`.
public final class Unflatten: Module, Rebuildable {
  /// Along which.
  public let dim: Int
  /// The sizes.
  public let sizes: [Int]

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - dim: along which.
  ///   - sizes: the sizes.
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
