/// Changes parameters so that a loss becomes smaller, given its gradient.
///
///     optimizer.zeroGrad()
///     loss.backward()
///     optimizer.step()
open class Optimizer {
  public let parameters: [Tensor]

  /// - Parameter parameters: what to change; leaves that require gradients.
  public init(_ parameters: [Tensor]) {
    guard !parameters.isEmpty else {
      fatalError("\(Self.self): an optimizer without parameters has nothing to do")
    }
    for parameter in parameters where !(parameter.isLeaf && parameter.requiresGrad) {
      fatalError(
        "\(Self.self): a tensor of shape \(parameter.shape) is no leaf that requires a gradient")
    }
    self.parameters = parameters
  }

  /// Changes the parameters that have a gradient.
  open func step() {
    fatalError("\(Self.self): override func step()")
  }

  /// Forgets the gradients.
  public func zeroGrad() {
    for parameter in parameters { parameter.grad = nil }
  }

  /// Stops the program where a setting makes no sense.
  static func check(_ name: String, _ value: Double, in range: some RangeExpression<Double>) {
    if !range.contains(value) { fatalError("\(Self.self): \(name) \(value) is out of range") }
  }
}

/// Stochastic gradient descent: `torch.optim.SGD`.
public final class SGD: Optimizer {
  public var lr: Double
  public let momentum: Double
  public let dampening: Double
  public let weightDecay: Double
  public let nesterov: Bool
  private var velocities: [Tensor?]

  public init(
    _ parameters: [Tensor], lr: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) {
    SGD.check("lr", lr, in: 0...)
    SGD.check("momentum", momentum, in: 0...)
    SGD.check("weightDecay", weightDecay, in: 0...)
    if nesterov, momentum == 0 || dampening != 0 {
      fatalError("SGD: Nesterov momentum needs a momentum and no dampening")
    }
    self.lr = lr
    self.momentum = momentum
    self.dampening = dampening
    self.weightDecay = weightDecay
    self.nesterov = nesterov
    velocities = parameters.map { _ in nil }
    super.init(parameters)
  }

  public override func step() {
    noGrad {
      for (index, parameter) in parameters.enumerated() {
        guard let gradient = parameter.grad else { continue }
        let isFirst = velocities[index] == nil
        if isFirst, momentum != 0 { velocities[index] = .zerosLike(parameter) }
        parameter.sgdStep(
          SGDStep(
            lr: lr, momentum: momentum, dampening: dampening, weight_decay: weightDecay,
            nesterov: nesterov, first: isFirst),
          gradient: gradient, velocity: velocities[index])
      }
    }
  }
}

/// Adam: `torch.optim.Adam`; Kingma and Ba, “Adam: a method for stochastic optimization”, 2014.
public final class Adam: Optimizer {
  public var lr: Double
  public let betas: (Double, Double)
  public let eps: Double
  public let weightDecay: Double
  /// What is remembered of each parameter, from its first step on.
  private var states: [State?]

  private struct State {
    var steps = 0
    let firstMoment: Tensor
    let secondMoment: Tensor
  }

  public init(
    _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    eps: Double = 1e-8, weightDecay: Double = 0
  ) {
    Adam.check("lr", lr, in: 0...)
    Adam.check("the first of betas", betas.0, in: 0..<1)
    Adam.check("the second of betas", betas.1, in: 0..<1)
    Adam.check("eps", eps, in: 0...)
    Adam.check("weightDecay", weightDecay, in: 0...)
    self.lr = lr
    self.betas = betas
    self.eps = eps
    self.weightDecay = weightDecay
    states = parameters.map { _ in nil }
    super.init(parameters)
  }

  public override func step() {
    noGrad {
      for (index, parameter) in parameters.enumerated() {
        guard let gradient = parameter.grad else { continue }
        var state =
          states[index]
          ?? State(firstMoment: .zerosLike(parameter), secondMoment: .zerosLike(parameter))
        state.steps += 1
        states[index] = state
        parameter.adamStep(
          AdamStep(
            lr: lr, beta1: betas.0, beta2: betas.1, eps: eps, weight_decay: weightDecay,
            step: state.steps),
          gradient: gradient, firstMoment: state.firstMoment, secondMoment: state.secondMoment)
      }
    }
  }
}
