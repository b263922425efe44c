/// x·wᵀ + b: `torch.nn.Linear`.
///
/// Input of shape […, inFeatures], output of shape […, outFeatures].
public final class Linear: Module {
  public let inFeatures: Int
  public let outFeatures: Int
  /// Of shape [outFeatures, inFeatures].
  @Parameter public var weight: Tensor
  /// Of shape [outFeatures], or none.
  @Parameter public var bias: Tensor?

  /// Weights and biases are drawn evenly from -1/√inFeatures to 1/√inFeatures.
  public init(
    _ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, dtype: DType = .float32,
    device: Device = .cpu, generator: Generator = .default
  ) {
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
    let bound = inFeatures > 0 ? 1 / Double(inFeatures).squareRoot() : 0
    func uniform(_ shape: [Int]) -> Tensor {
      .uniform(
        shape, low: -bound, high: bound, dtype: dtype, device: device, generator: generator)
    }
    weight = uniform([outFeatures, inFeatures])
    self.bias = bias ? uniform([outFeatures]) : nil
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.linear(weight, bias: bias)
  }

  public override var extraDescription: String {
    "inFeatures=\(inFeatures), outFeatures=\(outFeatures), bias=\(bias != nil)"
  }
}
