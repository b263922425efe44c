// Losses on classes and probabilities, as modules. Shapes and dtypes are documented at the
// functions.

/// ``crossEntropy(_:_:weight:ignoreIndex:labelSmoothing:reduction:)``: `torch.nn.CrossEntropyLoss`.
open class CrossEntropyLoss: Loss {
  /// The weight of each class, of shape [classes].
  @Buffer public var weight: Tensor?
  /// The target value that is ignored.
  public let ignoreIndex: Int
  /// The label smoothing: the share of the uniform distribution in the target.
  public let labelSmoothing: Double

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - weight: weight of each class, of shape [classes].
  ///   - ignoreIndex: target value that is ignored.
  ///   - labelSmoothing: share of the uniform distribution in the target.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(
    weight: Tensor? = nil, ignoreIndex: Int = -100, labelSmoothing: Double = 0,
    reduction: LossReduction = .mean
  ) {
    self.weight = weight
    self.ignoreIndex = ignoreIndex
    self.labelSmoothing = labelSmoothing
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments {
    [
      "weight": weight?.shape, "ignore_index": ignoreIndex, "label_smoothing": labelSmoothing,
      "reduction": reduction,
    ]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      weight: try arguments.zeros("weight"), ignoreIndex: try arguments["ignore_index"],
      labelSmoothing: try arguments["label_smoothing"], reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    crossEntropy(
      input, target, weight: weight, ignoreIndex: ignoreIndex, labelSmoothing: labelSmoothing,
      reduction: reduction)
  }
}

/// ``nllLoss(_:_:weight:ignoreIndex:reduction:)``: `torch.nn.NLLLoss`.
open class NLLLoss: Loss {
  /// The weight of each class, of shape [classes].
  @Buffer public var weight: Tensor?
  /// The target value that is ignored.
  public let ignoreIndex: Int

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - weight: weight of each class, of shape [classes].
  ///   - ignoreIndex: target value that is ignored.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(
    weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean
  ) {
    self.weight = weight
    self.ignoreIndex = ignoreIndex
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments {
    ["weight": weight?.shape, "ignore_index": ignoreIndex, "reduction": reduction]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      weight: try arguments.zeros("weight"), ignoreIndex: try arguments["ignore_index"],
      reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    nllLoss(input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
  }
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)``: `torch.nn.BCELoss`.
open class BCELoss: Loss {
  /// The weight of each element, which broadcasts.
  @Buffer public var weight: Tensor?

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - weight: weight of each element, which broadcasts.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
    self.weight = weight
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments {
    ["weight": weight?.shape, "reduction": reduction]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(weight: try arguments.zeros("weight"), reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    binaryCrossEntropy(input, target, weight: weight, reduction: reduction)
  }
}

/// ``bceWithLogits(_:_:weight:posWeight:reduction:)``: `torch.nn.BCEWithLogitsLoss`.
open class BCEWithLogitsLoss: Loss {
  /// The weight of each element, which broadcasts.
  @Buffer public var weight: Tensor?
  /// The weight of the positive examples of each class.
  @Buffer public var posWeight: Tensor?

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - weight: weight of each element, which broadcasts.
  ///   - posWeight: weight of the positive examples of each class.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(
    weight: Tensor? = nil, posWeight: Tensor? = nil, reduction: LossReduction = .mean
  ) {
    self.weight = weight
    self.posWeight = posWeight
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments {
    ["weight": weight?.shape, "pos_weight": posWeight?.shape, "reduction": reduction]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      weight: try arguments.zeros("weight"), posWeight: try arguments.zeros("pos_weight"),
      reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    bceWithLogits(input, target, weight: weight, posWeight: posWeight, reduction: reduction)
  }
}

/// ``klDiv(_:_:logTarget:reduction:)``: `torch.nn.KLDivLoss`.
open class KLDivLoss: Loss {
  /// Whether targets are log-probabilities.
  public let logTarget: Bool

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - logTarget: whether targets are log-probabilities.
  ///   - reduction: reduction of the element-wise losses: mean, sum, or none.
  public init(logTarget: Bool = false, reduction: LossReduction = .mean) {
    self.logTarget = logTarget
    super.init(reduction: reduction)
  }

  open override var arguments: ModuleArguments {
    ["log_target": logTarget, "reduction": reduction]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(logTarget: try arguments["log_target"], reduction: try arguments["reduction"])
  }

  open override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    klDiv(input, target, logTarget: logTarget, reduction: reduction)
  }
}
