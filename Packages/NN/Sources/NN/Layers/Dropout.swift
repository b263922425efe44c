@_spi(Flambeau) import Tensors

/// In training, sets elements to 0 with probability p and scales the others by 1 / (1 - p):
/// `torch.nn.Dropout`; Hinton et al., 2012.
open class Dropout: Module {
  /// The probability that an element is set to 0.
  public let p: Double
  let generator: Generator?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - p: probability that an element is set to 0 in training.
  ///   - generator: random number generator; nil: the default generator at each draw.
  public init(_ p: Double = 0.5, generator: Generator? = nil) {
    guard (0...1).contains(p) else {
      fatalError("\(Self.self): a probability of \(p); it must be from 0 to 1")
    }
    self.p = p
    self.generator = generator
    super.init()
  }

  /// A tensor with the shape and memory order of the mask for an input.
  func drawn(_ x: Tensor) -> Tensor { x }

  open override func forward(_ x: Tensor) -> Tensor {
    isTraining ? Self.drop(x, p, like: drawn(x), generator) : x
  }

  /// Sets elements to 0 at random; the mask has the shape of `part` and broadcasts.
  static func drop(
    _ x: Tensor, _ p: Double, like part: Tensor, _ generator: Generator?
  ) -> Tensor {
    if p == 0 { return x }
    if p == 1 { return x * 0.0 }
    let kept = Tensor.bernoulliLike(part, probability: 1 - p, generator: generator ?? .default)
    return x * (kept / (1 - p))
  }

  open override var arguments: ModuleArguments { ["p": p] }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["p"])
  }

  open override var extraDescription: String { "\(arguments), inplace=False" }
}

/// ``Dropout`` of whole channels: `torch.nn.Dropout2d`.
///
/// Input of shape [batch, channels, height, width] or [batch, channels, length].
///
/// Tompson et al., 2014.
open class Dropout2d: Dropout {
  override func drawn(_ x: Tensor) -> Tensor {
    guard x.ndim == 3 || x.ndim == 4 else {
      fail("expected [batch, channels, height, width] or [batch, channels, length], got \(x.shape)")
    }
    return .empty(
      x.shape.prefix(2) + [Int](repeating: 1, count: x.ndim - 2), dtype: x.dtype, device: x.device)
  }
}
