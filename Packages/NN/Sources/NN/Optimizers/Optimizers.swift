import Foundation

// Each optimizer defines its step in tensor operations, and as a rule for devices with a fused
// kernel.

/// Stochastic gradient descent, with optional momentum: `torch.optim.SGD`.
///
/// v ← momentum · v + (1 - dampening) · g, with v = g at the first step; θ ← θ - lr · v.
public final class SGD: Optimizer {
  /// The dampening of momentum: gradients enter the velocity times 1 - dampening.
  public let dampening: Double
  /// Whether to use Nesterov momentum.
  public let nesterov: Bool

  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - parameters: parameters to optimize.
  ///   - lr: learning rate.
  ///   - momentum: momentum factor.
  ///   - dampening: dampening of momentum; gradients enter the velocity times 1 - dampening.
  ///   - weightDecay: weight decay (L2 penalty).
  ///   - nesterov: whether to use Nesterov momentum, which needs a momentum and no dampening.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) {
    self.init(
      [ParameterGroup(parameters)], lr: lr, momentum: momentum, dampening: dampening,
      weightDecay: weightDecay, nesterov: nesterov)
  }

  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - groups: parameter groups to optimize, with their own settings.
  ///   - lr: learning rate.
  ///   - momentum: momentum factor.
  ///   - dampening: dampening of momentum; gradients enter the velocity times 1 - dampening.
  ///   - weightDecay: weight decay (L2 penalty).
  ///   - nesterov: whether to use Nesterov momentum, which needs a momentum and no dampening.
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

  public override func update(
    _ parameter: Tensor, gradient: Tensor, state: inout State, group: ParameterGroup
  ) {
    var step = gradient + parameter * group.weightDecay
    if let velocity = state["momentum_buffer"] {
      let isFirst = state.steps == 1
      velocity.copy(
        from: velocity * (isFirst ? 0 : group.momentum) + step * (isFirst ? 1 : 1 - dampening))
      step = nesterov ? step + velocity * group.momentum : velocity
    }
    parameter.update(.subtract, step * group.lr)
  }

  override func rule(_ group: ParameterGroup) -> OptimizerStep? {
    var step = OptimizerStep(.sgd, group)
    step.dampening = dampening
    step.nesterov = nesterov
    return step
  }
}

/// Adam: `torch.optim.Adam`.
///
/// θ ← θ - lr · m̂ / (√v̂ + ε), with bias-corrected running means m̂ of the gradients and v̂ of
/// their squares.
///
/// Kingma and Ba, “Adam: a method for stochastic optimization”, 2014.
public class Adam: Optimizer {
  /// The decay rates of the running means of gradients and of their squares.
  public let betas: (Double, Double)
  /// The ε added to the denominator, for numerical stability.
  public let eps: Double
  /// Whether to use the maximum of all second moments so far (AMSGrad); Reddi et al., 2018.
  public let amsgrad: Bool
  /// Whether weight decay is decoupled from the gradient, as in AdamW.
  let isDecoupled: Bool

  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - parameters: parameters to optimize.
  ///   - lr: learning rate.
  ///   - betas: decay rates of the running means of gradients and of their squares.
  ///   - eps: ε added to the denominator, for numerical stability.
  ///   - weightDecay: weight decay (L2 penalty).
  ///   - amsgrad: whether to use the maximum of all second moments so far (AMSGrad); Reddi et al.,
  ///     2018.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false
  ) {
    self.init(
      [ParameterGroup(parameters)], lr: lr, betas: betas, eps: eps, weightDecay: weightDecay,
      amsgrad: amsgrad)
  }

  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - groups: parameter groups to optimize, with their own settings.
  ///   - lr: learning rate.
  ///   - betas: decay rates of the running means of gradients and of their squares.
  ///   - eps: ε added to the denominator, for numerical stability.
  ///   - weightDecay: weight decay (L2 penalty).
  ///   - amsgrad: whether to use the maximum of all second moments so far (AMSGrad); Reddi et al.,
  ///     2018.
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

  public override func update(
    _ parameter: Tensor, gradient: Tensor, state: inout State, group: ParameterGroup
  ) {
    if isDecoupled { parameter.update(.subtract, parameter * (group.lr * group.weightDecay)) }
    let g = isDecoupled ? gradient : gradient + parameter * group.weightDecay
    let (mean, square) = (state["exp_avg"]!, state["exp_avg_sq"]!)
    mean.copy(from: mean + (g - mean) * (1 - group.momentum))
    square.copy(from: square * betas.1 + g * g * (1 - betas.1))
    var divisor = square
    if let largest = state["max_exp_avg_sq"] {
      largest.copy(from: largest.maximum(square))
      divisor = largest
    }
    let steps = Double(state.steps)
    let root = (1 - pow(betas.1, steps)).squareRoot()
    let share = mean / (divisor.sqrt() / root + eps)
    parameter.update(.subtract, share * (group.lr / (1 - pow(group.momentum, steps))))
  }

  override func rule(_ group: ParameterGroup) -> OptimizerStep? {
    var step = OptimizerStep(.adam, group)
    step.decay = betas.1
    step.eps = eps
    step.is_decoupled = isDecoupled
    return step
  }
}

/// ``Adam`` with decoupled weight decay: `torch.optim.AdamW`; Loshchilov and Hutter, 2017.
public final class AdamW: Adam {
  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - parameters: parameters to optimize.
  ///   - lr: learning rate.
  ///   - betas: decay rates of the running means of gradients and of their squares.
  ///   - eps: ε added to the denominator, for numerical stability.
  ///   - weightDecay: weight decay, decoupled from the gradient.
  ///   - amsgrad: whether to use the maximum of all second moments so far (AMSGrad); Reddi et al.,
  ///     2018.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false
  ) {
    self.init(
      [ParameterGroup(parameters)], lr, betas, eps, weightDecay, amsgrad, isDecoupled: true)
  }

  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - groups: parameter groups to optimize, with their own settings.
  ///   - lr: learning rate.
  ///   - betas: decay rates of the running means of gradients and of their squares.
  ///   - eps: ε added to the denominator, for numerical stability.
  ///   - weightDecay: weight decay, decoupled from the gradient.
  ///   - amsgrad: whether to use the maximum of all second moments so far (AMSGrad); Reddi et al.,
  ///     2018.
  public convenience init(
    _ groups: [ParameterGroup], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false
  ) {
    self.init(groups, lr, betas, eps, weightDecay, amsgrad, isDecoupled: true)
  }
}

/// Adagrad, θ ← θ - lr · g / (√Σg² + ε): `torch.optim.Adagrad`; Duchi et al., 2011.
public final class Adagrad: Optimizer {
  /// The decay of the learning rate: lr / (1 + (step - 1) · lrDecay).
  public let lrDecay: Double
  /// The initial value of the sums of squares.
  public let initialAccumulatorValue: Double
  /// The ε added to the denominator, for numerical stability.
  public let eps: Double

  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - parameters: parameters to optimize.
  ///   - lr: learning rate.
  ///   - lrDecay: decay of the learning rate, lr / (1 + (step - 1) · lrDecay).
  ///   - weightDecay: weight decay (L2 penalty).
  ///   - initialAccumulatorValue: initial value of the sums of squares.
  ///   - eps: ε added to the denominator, for numerical stability.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulatorValue: Double = 0, eps: Double = 1e-10
  ) {
    self.init(
      [ParameterGroup(parameters)], lr: lr, lrDecay: lrDecay, weightDecay: weightDecay,
      initialAccumulatorValue: initialAccumulatorValue, eps: eps)
  }

  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - groups: parameter groups to optimize, with their own settings.
  ///   - lr: learning rate.
  ///   - lrDecay: decay of the learning rate, lr / (1 + (step - 1) · lrDecay).
  ///   - weightDecay: weight decay (L2 penalty).
  ///   - initialAccumulatorValue: initial value of the sums of squares.
  ///   - eps: ε added to the denominator, for numerical stability.
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

  public override func update(
    _ parameter: Tensor, gradient: Tensor, state: inout State, group: ParameterGroup
  ) {
    let g = gradient + parameter * group.weightDecay
    let sum = state["sum"]!
    sum.update(.add, g * g)
    let lr = group.lr / (1 + Double(state.steps - 1) * lrDecay)
    parameter.update(.subtract, g / (sum.sqrt() + eps) * lr)
  }

  override func rule(_ group: ParameterGroup) -> OptimizerStep? {
    var step = OptimizerStep(.adagrad, group)
    step.lr_decay = lrDecay
    step.eps = eps
    return step
  }
}

/// RMSprop, θ ← θ - lr · g / (√v + ε) with a running mean v of g²: `torch.optim.RMSprop`; Tieleman
/// and Hinton, 2012.
public final class RMSprop: Optimizer {
  /// The decay rate of the running mean of squares.
  public let alpha: Double
  /// The ε added to the denominator, for numerical stability.
  public let eps: Double
  /// Whether to normalize by the variance: the squared mean is subtracted from the mean square.
  public let centered: Bool

  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - parameters: parameters to optimize.
  ///   - lr: learning rate.
  ///   - alpha: decay rate of the running mean of squares.
  ///   - eps: ε added to the denominator, for numerical stability.
  ///   - weightDecay: weight decay (L2 penalty).
  ///   - momentum: momentum factor.
  ///   - centered: whether to normalize by the variance: the squared mean is subtracted from the
  ///     mean square.
  public convenience init(
    _ parameters: [Tensor], lr: Double = 1e-2, alpha: Double = 0.99, eps: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false
  ) {
    self.init(
      [ParameterGroup(parameters)], lr: lr, alpha: alpha, eps: eps, weightDecay: weightDecay,
      momentum: momentum, centered: centered)
  }

  /// Creates the optimizer.
  ///
  /// - Parameters:
  ///   - groups: parameter groups to optimize, with their own settings.
  ///   - lr: learning rate.
  ///   - alpha: decay rate of the running mean of squares.
  ///   - eps: ε added to the denominator, for numerical stability.
  ///   - weightDecay: weight decay (L2 penalty).
  ///   - momentum: momentum factor.
  ///   - centered: whether to normalize by the variance: the squared mean is subtracted from the
  ///     mean square.
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

  public override func update(
    _ parameter: Tensor, gradient: Tensor, state: inout State, group: ParameterGroup
  ) {
    let g = gradient + parameter * group.weightDecay
    let square = state["square_avg"]!
    square.copy(from: square * alpha + g * g * (1 - alpha))
    var divisor = square
    if let mean = state["grad_avg"] {
      mean.copy(from: mean + (g - mean) * (1 - alpha))
      divisor = square - mean * mean
    }
    var step = g / (divisor.sqrt() + eps)
    if let velocity = state["momentum_buffer"] {
      velocity.copy(from: velocity * group.momentum + step)
      step = velocity
    }
    parameter.update(.subtract, step * group.lr)
  }

  override func rule(_ group: ParameterGroup) -> OptimizerStep? {
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
