@_spi(Flambeau) import Tensors

/// In training, elements set to 0 by chance, and the others made larger by as much as is lost:
/// `torch.nn.Dropout`; Hinton and others, 2012.
open class Dropout: Module {
  /// The probability of being set to 0.
  public let p: Double
  let generator: Generator?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - p: the share that is set to zero while training.
  ///   - generator: where random numbers come from; nil: the default one whenever they are drawn.
  public init(_ p: Double = 0.5, generator: Generator? = nil) {
    guard (0...1).contains(p) else {
      fatalError("\(Self.self): a probability of \(p); it must be from 0 to 1")
    }
    self.p = p
    self.generator = generator
    super.init()
  }

  /// The part of an input for which chance decides, in whose shape and order of memory.
  func drawn(_ x: Tensor) -> Tensor { x }

  open override func forward(_ x: Tensor) -> Tensor {
    isTraining ? Self.drop(x, p, like: drawn(x), generator) : x
  }

  /// Some elements set to 0 by chance, the same ones along dims in which `part` has size 1.
  static func drop(
    _ x: Tensor, _ p: Double, like part: Tensor, _ generator: Generator?
  ) -> Tensor {
    if p == 0 { return x }
    if p == 1 { return x * 0.0 }
    let kept = Tensor.bernoulliLike(part, probability: 1 - p, generator: generator ?? .default)
    return x * (kept / (1 - p))
  }

  open override var arguments: ModuleArguments { ["p": p] }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["p"])
  }

  open override var extraDescription: String { "\(arguments), inplace=False" }
}

/// ``Dropout`` of whole channels of [batch, channels, height, width], or of [batch, channels, length]:
/// `torch.nn.Dropout2d`; Tompson and others, 2014.
open class Dropout2d: Dropout {
  override func drawn(_ x: Tensor) -> Tensor {
    guard x.ndim == 3 || x.ndim == 4 else {
      fail("expected [batch, channels, height, width] or [batch, channels, length], got \(x.shape)")
    }
    return .empty(
      x.shape.prefix(2) + [Int](repeating: 1, count: x.ndim - 2), dtype: x.dtype, device: x.device)
  }
}
