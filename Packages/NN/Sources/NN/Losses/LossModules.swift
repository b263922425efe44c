// The losses as modules. Shapes and dtypes are documented at the functions.

/// The base class of losses of an input and a target.
open class Loss: Module {
  /// The reduction of the element-wise losses: mean, sum, or none.
  public let reduction: LossReduction

  /// Creates the loss.
  ///
  /// - Parameter reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(reduction: LossReduction = .mean) {
    self.reduction = reduction
    super.init()
  }

  open override var arguments: ModuleArguments { ["reduction": reduction] }

  /// Losses print no arguments.
  open override var extraDescription: String { "" }

  /// The loss. Call the module itself instead, as in `loss(model(x), y)`.
  open func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    fatalError(
      "\(type(of: self)): override func forward(_ input: Tensor, _ target: Tensor) -> Tensor")
  }

  /// The loss of the model's output with respect to the target.
  ///
  /// - Parameters:
  ///   - input: the model's output.
  ///   - target: the target, as for the function of the loss.
  public func callAsFunction(_ input: Tensor, _ target: Tensor) -> Tensor {
    run(input, target) { forward(input, target) }
  }
}

/// ``l1Loss(_:_:reduction:)``: `torch.nn.L1Loss`.
open class L1Loss: Loss {
  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    l1Loss(input, target, reduction: reduction)
  }
}

/// ``mseLoss(_:_:reduction:)``: `torch.nn.MSELoss`.
open class MSELoss: Loss {
  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    mseLoss(input, target, reduction: reduction)
  }
}

/// ``smoothL1Loss(_:_:beta:reduction:)``: `torch.nn.SmoothL1Loss`.
open class SmoothL1Loss: Loss {
  /// β: the threshold at which it changes from quadratic to linear.
  public let beta: Double

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - beta: threshold at which it changes from quadratic to linear.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(beta: Double = 1, reduction: LossReduction = .mean) {
    self.beta = beta
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments { ["beta": beta, "reduction": reduction] }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(beta: try arguments["beta"], reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    smoothL1Loss(input, target, beta: beta, reduction: reduction)
  }
}

/// ``huberLoss(_:_:delta:reduction:)``: `torch.nn.HuberLoss`.
open class HuberLoss: Loss {
  /// δ: the threshold at which it changes from quadratic to linear.
  public let delta: Double

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - delta: threshold at which it changes from quadratic to linear.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(delta: Double = 1, reduction: LossReduction = .mean) {
    self.delta = delta
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments { ["delta": delta, "reduction": reduction] }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(delta: try arguments["delta"], reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    huberLoss(input, target, delta: delta, reduction: reduction)
  }
}

/// ``hingeEmbeddingLoss(_:_:margin:reduction:)``: `torch.nn.HingeEmbeddingLoss`.
open class HingeEmbeddingLoss: Loss {
  /// The margin.
  public let margin: Double

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - margin: margin of the loss.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(margin: Double = 1, reduction: LossReduction = .mean) {
    self.margin = margin
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments { ["margin": margin, "reduction": reduction] }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(margin: try arguments["margin"], reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    hingeEmbeddingLoss(input, target, margin: margin, reduction: reduction)
  }
}

/// ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``: `torch.nn.TripletMarginLoss`.
open class TripletMarginLoss: Module {
  /// The margin.
  public let margin: Double
  /// The order of the norm that measures distances.
  public let p: Double
  /// Whether to use the smaller of the distances from anchor and positive to the negative.
  public let swap: Bool
  /// The reduction of the element-wise losses: mean, sum, or none.
  public let reduction: LossReduction

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - margin: margin of the loss.
  ///   - p: order of the norm that measures distances.
  ///   - swap: whether to use the smaller of the distances from anchor and positive to the
  ///     negative.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(
    margin: Double = 1, p: Double = 2, swap: Bool = false, reduction: LossReduction = .mean
  ) {
    self.margin = margin
    self.p = p
    self.swap = swap
    self.reduction = reduction
    super.init()
  }

  open override var arguments: ModuleArguments {
    ["margin": margin, "p": p, "swap": swap, "reduction": reduction]
  }

  open override var extraDescription: String { "" }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      margin: try arguments["margin"], p: try arguments["p"], swap: try arguments["swap"],
      reduction: try arguments["reduction"])
  }

  /// The loss of triplets: anchors, positive and negative examples.
  ///
  /// - Parameters:
  ///   - anchor: the anchors, of shape [batch, size] or [size].
  ///   - positive: an example of the same class for each anchor.
  ///   - negative: an example of another class for each anchor.
  public func callAsFunction(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor
  ) -> Tensor {
    run(anchor, positive, negative) {
      tripletMarginLoss(
        anchor, positive, negative, margin: margin, p: p, swap: swap, reduction: reduction)
    }
  }
}

/// ``cosineEmbeddingLoss(_:_:_:margin:reduction:)``: `torch.nn.CosineEmbeddingLoss`.
open class CosineEmbeddingLoss: Module {
  /// The margin.
  public let margin: Double
  /// The reduction of the element-wise losses: mean, sum, or none.
  public let reduction: LossReduction

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - margin: margin of the loss.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(margin: Double = 0, reduction: LossReduction = .mean) {
    self.margin = margin
    self.reduction = reduction
    super.init()
  }

  open override var arguments: ModuleArguments { ["margin": margin, "reduction": reduction] }

  open override var extraDescription: String { "" }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(margin: try arguments["margin"], reduction: try arguments["reduction"])
  }

  /// The loss of pairs, with target 1 for similar and -1 for dissimilar ones.
  ///
  /// - Parameters:
  ///   - first: first inputs of the pairs, of shape [batch, size] or [size].
  ///   - second: second inputs of the pairs.
  ///   - target: 1 for similar pairs, -1 for dissimilar ones, of shape [batch].
  public func callAsFunction(_ first: Tensor, _ second: Tensor, _ target: Tensor) -> Tensor {
    run(first, second, target) {
      cosineEmbeddingLoss(first, second, target, margin: margin, reduction: reduction)
    }
  }
}

extension ModuleArguments {
  /// Zeros in the shape that is saved as an argument, to be filled from the state dict.
  func zeros(_ name: String) throws -> Tensor? {
    let shape: [Int]? = try self[name]
    return shape.map { .zeros($0) }
  }
}
