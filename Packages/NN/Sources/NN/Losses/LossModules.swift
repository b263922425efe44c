// The losses as modules. What they take is said at the functions.

/// What the losses of an input and a target have in common.
open class Loss: Module {
  /// What becomes of the elements' losses: their mean, their sum, or they themselves.
  public let reduction: LossReduction

  /// Creates the loss.
  ///
  /// - Parameter reduction: what becomes of the elements' losses: their mean, their sum, or they
  ///   themselves.
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

  /// The loss of what the model gives, compared with what is right.
  ///
  /// - Parameters:
  ///   - input: what the model gives.
  ///   - target: what is right.
  public func callAsFunction(_ input: Tensor, _ target: Tensor) -> Tensor {
    run([input, target]) { forward(input, target) }
  }
}

/// ``l1Loss(_:_:reduction:)``: `torch.nn.L1Loss`.
open class L1Loss: Loss {
  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    l1Loss(input, target, reduction: reduction)
  }
}

/// ``mseLoss(_:_:reduction:)``: `torch.nn.MSELoss`.
open class MSELoss: Loss {
  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    mseLoss(input, target, reduction: reduction)
  }
}

/// ``smoothL1Loss(_:_:beta:reduction:)``: `torch.nn.SmoothL1Loss`.
open class SmoothL1Loss: Loss {
  /// How sharp the bend is.
  public let beta: Double

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - beta: how sharp the bend is.
  ///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
  public init(beta: Double = 1, reduction: LossReduction = .mean) {
    self.beta = beta
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments { ["beta": beta, "reduction": reduction] }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(beta: try arguments["beta"], reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    smoothL1Loss(input, target, beta: beta, reduction: reduction)
  }
}

/// ``huberLoss(_:_:delta:reduction:)``: `torch.nn.HuberLoss`.
open class HuberLoss: Loss {
  /// From where on it grows in a straight line.
  public let delta: Double

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - delta: from where on it grows in a straight line.
  ///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
  public init(delta: Double = 1, reduction: LossReduction = .mean) {
    self.delta = delta
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments { ["delta": delta, "reduction": reduction] }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(delta: try arguments["delta"], reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    huberLoss(input, target, delta: delta, reduction: reduction)
  }
}

/// ``hingeEmbeddingLoss(_:_:margin:reduction:)``: `torch.nn.HingeEmbeddingLoss`.
open class HingeEmbeddingLoss: Loss {
  /// From how much on it is content.
  public let margin: Double

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - margin: from how much on it is content.
  ///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
  public init(margin: Double = 1, reduction: LossReduction = .mean) {
    self.margin = margin
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments { ["margin": margin, "reduction": reduction] }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(margin: try arguments["margin"], reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    hingeEmbeddingLoss(input, target, margin: margin, reduction: reduction)
  }
}

/// ``tripletMarginLoss(_:_:_:margin:p:eps:swap:reduction:)``: `torch.nn.TripletMarginLoss`.
open class TripletMarginLoss: Module {
  /// From how much on it is content.
  public let margin: Double
  /// Of the norm.
  public let p: Double
  /// Whether the nearer of the two distances to the negative counts.
  public let swap: Bool
  /// What becomes of the elements' losses: their mean, their sum, or they themselves.
  public let reduction: LossReduction

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - margin: from how much on it is content.
  ///   - p: of the norm.
  ///   - swap: whether the nearer of the two distances to the negative counts.
  ///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
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

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      margin: try arguments["margin"], p: try arguments["p"], swap: try arguments["swap"],
      reduction: try arguments["reduction"])
  }

  /// The loss of examples with one of the same class and one of another class each.
  ///
  /// - Parameters:
  ///   - anchor: the examples.
  ///   - positive: one of the same class for each.
  ///   - negative: one of another class for each.
  public func callAsFunction(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor
  ) -> Tensor {
    run([anchor, positive, negative]) {
      tripletMarginLoss(
        anchor, positive, negative, margin: margin, p: p, swap: swap, reduction: reduction)
    }
  }
}

/// ``cosineEmbeddingLoss(_:_:_:margin:reduction:)``: `torch.nn.CosineEmbeddingLoss`.
open class CosineEmbeddingLoss: Module {
  /// From how much on it is content.
  public let margin: Double
  /// What becomes of the elements' losses: their mean, their sum, or they themselves.
  public let reduction: LossReduction

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - margin: from how much on it is content.
  ///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
  public init(margin: Double = 0, reduction: LossReduction = .mean) {
    self.margin = margin
    self.reduction = reduction
    super.init()
  }

  open override var arguments: ModuleArguments { ["margin": margin, "reduction": reduction] }

  open override var extraDescription: String { "" }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(margin: try arguments["margin"], reduction: try arguments["reduction"])
  }

  /// The loss of pairs, with 1 for those that belong together and -1 for the others.
  ///
  /// - Parameters:
  ///   - first: the one of each pair.
  ///   - second: the other of each pair.
  ///   - target: what is right.
  public func callAsFunction(_ first: Tensor, _ second: Tensor, _ target: Tensor) -> Tensor {
    run([first, second, target]) {
      cosineEmbeddingLoss(first, second, target, margin: margin, reduction: reduction)
    }
  }
}

extension ModuleArguments {
  /// A tensor of the shape that an argument names, for numbers that come afterwards.
  func zeros(_ name: String) throws -> Tensor? {
    let shape: [Int]? = try self[name]
    return shape.map { .zeros($0) }
  }
}
