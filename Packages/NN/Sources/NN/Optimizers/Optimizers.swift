/// Stochastic gradient descent: `torch.optim.SGD`.
public final class SGD: Optimizer {
  public let dampening: Double
  public let nesterov: Bool

  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) {
    self.init(
      [ParameterGroup(parameters)], lr: lr, momentum: momentum, dampening: dampening,
      weightDecay: weightDecay, nesterov: nesterov)
  }

  public init(
    _ groups: [ParameterGroup], lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) {
    SGD.check("momentum", momentum, in: 0...)
    if nesterov, momentum == 0 || dampening != 0 {
      fatalError("SGD: Nesterov momentum needs a momentum and no dampening")
    }
    self.dampening = dampening
    self.nesterov = nesterov
    super.init(groups, lr: lr, weightDecay: weightDecay, momentum: momentum)
  }

  override func stateNames(_ group: ParameterGroup) -> [String?] {
    [group.momentum == 0 ? nil : "momentum_buffer"]
  }

  override func rule(_ group: ParameterGroup) -> OptimizerStep {
    var step = OptimizerStep(.sgd, group)
    step.dampening = dampening
    step.nesterov = nesterov
    return step
  }
}

/// Adam: `torch.optim.Adam`; Kingma and Ba, “Adam: a method for stochastic optimization”, 2014.
public class Adam: Optimizer {
  public let betas: (Double, Double)
  public let eps: Double
  public let amsgrad: Bool
  /// Whether weights decay on their own, rather than through the gradient.
  let isDecoupled: Bool

  /// - Parameter amsgrad: whether the largest mean square so far counts; Reddi and others, 2018.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false
  ) {
    self.init(
      [ParameterGroup(parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      amsgrad: amsgrad)
  }

  public convenience init(
    _ groups: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false
  ) {
    self.init(groups, lr, betas, eps, weightDecay, amsgrad, isDecoupled: false)
  }

  init(
    _ groups: [ParameterGroup], _ lr: Double, _ betas: (Double, Double), _ eps: Double,
    _ weightDecay: Double, _ amsgrad: Bool, isDecoupled: Bool
  ) {
    Self.check("the first of betas", betas.0, in: 0..<1)
    Self.check("the second of betas", betas.1, in: 0..<1)
    Self.check("eps", eps, in: 0...)
    self.betas = betas
    self.eps = eps
    self.amsgrad = amsgrad
    self.isDecoupled = isDecoupled
    super.init(groups, lr: lr, weightDecay: weightDecay, momentum: betas.0)
  }

  override func stateNames(_ group: ParameterGroup) -> [String?] {
    ["exp_avg", "exp_avg_sq", amsgrad ? "max_exp_avg_sq" : nil]
  }

  override func rule(_ group: ParameterGroup) -> OptimizerStep {
    var step = OptimizerStep(.adam, group)
    step.decay = betas.1
    step.eps = eps
    step.is_decoupled = isDecoupled
    return step
  }
}

/// ``Adam`` in which weights decay on their own: `torch.optim.AdamW`; Loshchilov and Hutter, 2017.
public final class AdamW: Adam {
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false
  ) {
    self.init(
      [ParameterGroup(parameters)], lr, betas, eps, weightDecay, amsgrad, isDecoupled: true)
  }

  public convenience init(
    _ groups: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false
  ) {
    self.init(groups, lr, betas, eps, weightDecay, amsgrad, isDecoupled: true)
  }
}

/// Steps that become smaller for what has moved much: `torch.optim.Adagrad`; Duchi and others, 2011.
public final class Adagrad: Optimizer {
  public let lrDecay: Double
  public let initialAccumulatorValue: Double
  public let eps: Double

  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10
  ) {
    self.init(
      [ParameterGroup(parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps)
  }

  public init(
    _ groups: [ParameterGroup], lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10
  ) {
    Adagrad.check("lrDecay", lrDecay, in: 0...)
    Adagrad.check("initialAccumulatorValue", initialAccumulatorValue, in: 0...)
    Adagrad.check("eps", eps, in: 0...)
    self.lrDecay = lrDecay
    self.initialAccumulatorValue = initialAccumulatorValue
    self.eps = eps
    super.init(groups, lr: lr, weightDecay: weightDecay, momentum: 0)
  }

  override func stateNames(_ group: ParameterGroup) -> [String?] { ["sum"] }

  override func initialState(_ parameter: Tensor) -> Tensor {
    .fullLike(parameter, initialAccumulatorValue)
  }

  override func rule(_ group: ParameterGroup) -> OptimizerStep {
    var step = OptimizerStep(.adagrad, group)
    step.lr_decay = lrDecay
    step.eps = eps
    return step
  }
}

/// Gradients divided by the root of their mean square: `torch.optim.RMSprop`; Tieleman and Hinton, 2012.
public final class RMSprop: Optimizer {
  public let alpha: Double
  public let eps: Double
  public let centered: Bool

  /// - Parameter centered: whether the square of the mean is taken off the mean square.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false
  ) {
    self.init(
      [ParameterGroup(parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay,
      momentum: momentum, centered: centered)
  }

  public init(
    _ groups: [ParameterGroup], lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false
  ) {
    RMSprop.check("alpha", alpha, in: 0...)
    RMSprop.check("eps", eps, in: 0...)
    RMSprop.check("momentum", momentum, in: 0...)
    self.alpha = alpha
    self.eps = eps
    self.centered = centered
    super.init(groups, lr: lr, weightDecay: weightDecay, momentum: momentum)
  }

  override func stateNames(_ group: ParameterGroup) -> [String?] {
    [
      "square_avg", group.momentum == 0 ? nil : "momentum_buffer", centered ? "grad_avg" : nil,
    ]
  }

  override func rule(_ group: ParameterGroup) -> OptimizerStep {
    var step = OptimizerStep(.rmsprop, group)
    step.decay = alpha
    step.eps = eps
    return step
  }
}

extension OptimizerStep {
  fileprivate init(_ rule: OptimizerRule, _ group: ParameterGroup) {
    self.init()
    self.rule = rule
    lr = group.lr
    weight_decay = group.weightDecay
    momentum = group.momentum
  }
}
