/// Modules one after the other, each with the output of the one before: `torch.nn.Sequential`.
///
///     let model = Sequential(Linear(64, 128), ReLU(), Linear(128, 10))
public final class Sequential: Module {
  public let layers: [Module]

  public init(_ layers: Module...) {
    self.layers = layers
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    layers.reduce(x) { output, layer in layer(output) }
  }

  public override func namedChildren() -> [(name: String, module: Module)] {
    layers.enumerated().map { ("\($0.offset)", $0.element) }
  }

  public subscript(_ index: Int) -> Module { layers[index] }
  public var count: Int { layers.count }
}
