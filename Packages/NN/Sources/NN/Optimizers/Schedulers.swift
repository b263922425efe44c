import Foundation

/// The base class of schedulers, which change an optimizer's learning rates step by step:
/// `torch.optim.lr_scheduler`.
///
///     let scheduler = CosineAnnealingLR(optimizer, tMax: epochs)
///     for epoch in 0..<epochs {
///       …
///       scheduler.step()
///     }
///
/// Most schedulers compute a rate from the current one, as in PyTorch, so that several may change
/// one optimizer, and a rate that is set by hand is the new starting point. To resume, a scheduler
/// needs only its number of steps.
open class Scheduler {
  /// The optimizer whose learning rate is set.
  public let optimizer: Optimizer
  /// The initial learning rates, one for each group.
  public let baseLRs: [Double]

  /// The number of steps so far. Setting it also sets the rates to those that this scheduler alone
  /// computes from the base rates; if something else changed them, load the optimizer's state
  /// afterwards.
  public var stepCount: Int {
    get { count }
    set {
      count = newValue
      for (group, base) in zip(optimizer.groups, baseLRs) { group.lr = rate(base, count) }
    }
  }

  var count = 0 {
    didSet { follow() }
  }

  /// Creates a scheduler, with the optimizer's initial learning rates as base rates.
  ///
  /// - Parameter optimizer: optimizer whose learning rate is set.
  public init(_ optimizer: Optimizer) {
    self.optimizer = optimizer
    baseLRs = optimizer.groups.map(\.initialLR)
    advance(to: 0)
  }

  /// The learning rate of a group at a step, given its base rate.
  open func rate(_ base: Double, _ step: Int) -> Double {
    fatalError("\(type(of: self)): override func rate")
  }

  /// The learning rate of a group at a step, given the current one, the optimizer's for step 0. The
  /// default ignores it and calls `rate`.
  open func next(_ rate: Double, _ base: Double, _ step: Int) -> Double { self.rate(base, step) }

  /// Takes a step: sets the next learning rates.
  public func step() { advance(to: count + 1) }

  private func advance(to step: Int) {
    count = step
    for (group, base) in zip(optimizer.groups, baseLRs) { group.lr = next(group.lr, base, step) }
  }

  /// The current learning rates of all groups: `get_last_lr`.
  public var lrs: [Double] { optimizer.groups.map(\.lr) }

  /// The number of steps, for resuming: `torch.optim.lr_scheduler.LRScheduler.state_dict`.
  public func stateDict() -> StateDict { ["last_epoch": Tensor(stepCount)] }

  /// Resumes from a saved number of steps; load the optimizer's state afterwards.
  ///
  /// - Throws: ``StateDictError`` if `last_epoch` is missing.
  public func loadStateDict(_ state: StateDict) throws {
    guard let epoch = state["last_epoch"], epoch.numel == 1 else {
      throw StateDictError(missing: ["last_epoch"])
    }
    stepCount = epoch.item(as: Int.self)
  }

  /// Called when the number of steps changes, to update whatever else depends on it.
  func follow() {}
}

/// A scheduler that computes each rate from the previous one: override `next`.
open class ChainableScheduler: Scheduler {
  /// The base rate with `next` applied at every step.
  open override func rate(_ base: Double, _ step: Int) -> Double {
    (0...step).reduce(base) { next($0, base, $1) }
  }
}

/// Multiplies the learning rate by γ every `stepSize` steps: `torch.optim.lr_scheduler.StepLR`.
public final class StepLR: ChainableScheduler {
  private let stepSize: Int
  private let gamma: Double

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer whose learning rate is set.
  ///   - stepSize: number of steps between decays.
  ///   - gamma: factor of the learning rate.
  public init(_ optimizer: Optimizer, stepSize: Int, gamma: Double = 0.1) {
    guard stepSize > 0 else { fatalError("StepLR: stepSize \(stepSize); it must be 1 or more") }
    (self.stepSize, self.gamma) = (stepSize, gamma)
    super.init(optimizer)
  }

  public override func next(_ rate: Double, _ base: Double, _ step: Int) -> Double {
    step > 0 && step % stepSize == 0 ? rate * gamma : rate
  }
}

/// Multiplies the learning rate by γ at each milestone: `torch.optim.lr_scheduler.MultiStepLR`.
public final class MultiStepLR: ChainableScheduler {
  private let milestones: [Int]
  private let gamma: Double

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer whose learning rate is set.
  ///   - milestones: steps at which the learning rate is multiplied.
  ///   - gamma: factor of the learning rate.
  public init(_ optimizer: Optimizer, milestones: [Int], gamma: Double = 0.1) {
    (self.milestones, self.gamma) = (milestones, gamma)
    super.init(optimizer)
  }

  public override func next(_ rate: Double, _ base: Double, _ step: Int) -> Double {
    rate * pow(gamma, Double(milestones.count { $0 == step && step > 0 }))
  }
}

/// Multiplies the learning rate by γ at every step: `torch.optim.lr_scheduler.ExponentialLR`.
public final class ExponentialLR: ChainableScheduler {
  private let gamma: Double

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer whose learning rate is set.
  ///   - gamma: factor of the learning rate.
  public init(_ optimizer: Optimizer, gamma: Double) {
    self.gamma = gamma
    super.init(optimizer)
  }

  public override func next(_ rate: Double, _ base: Double, _ step: Int) -> Double {
    step > 0 ? rate * gamma : rate
  }
}

/// Changes the factor of the learning rate linearly, for example as a warm-up:
/// `torch.optim.lr_scheduler.LinearLR`.
public final class LinearLR: ChainableScheduler {
  private let (start, end): (Double, Double)
  private let totalIters: Int

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer whose learning rate is set.
  ///   - startFactor: factor of the learning rate at the start.
  ///   - endFactor: factor of the learning rate at the end.
  ///   - totalIters: number of steps until `endFactor` is reached.
  public init(
    _ optimizer: Optimizer, startFactor: Double = 1.0 / 3, endFactor: Double = 1,
    totalIters: Int = 5
  ) {
    guard totalIters > 0, startFactor > 0, startFactor <= 1, (0...1).contains(endFactor) else {
      fatalError(
        "LinearLR: factors \(startFactor) to \(endFactor) over \(totalIters) steps; factors must be from 0 "
          + "to 1, the first above 0")
    }
    (start, end) = (startFactor, endFactor)
    self.totalIters = totalIters
    super.init(optimizer)
  }

  public override func next(_ rate: Double, _ base: Double, _ step: Int) -> Double {
    if step == 0 { return rate * start }
    if step > totalIters { return rate }
    let before = Double(totalIters) * start + Double(step - 1) * (end - start)
    return rate * (1 + (end - start) / before)
  }
}

/// Cosine annealing, ηmin + (η₀ - ηmin)·(1 + cos(π·step / tMax)) / 2:
/// `torch.optim.lr_scheduler.CosineAnnealingLR`; Loshchilov and Hutter, 2016.
public final class CosineAnnealingLR: ChainableScheduler {
  private let tMax: Int
  private let etaMin: Double

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer whose learning rate is set.
  ///   - tMax: number of steps until the minimum.
  ///   - etaMin: minimum learning rate.
  public init(_ optimizer: Optimizer, tMax: Int, etaMin: Double = 0) {
    guard tMax > 0 else { fatalError("CosineAnnealingLR: tMax \(tMax); it must be 1 or more") }
    (self.tMax, self.etaMin) = (tMax, etaMin)
    super.init(optimizer)
  }

  public override func next(_ rate: Double, _ base: Double, _ step: Int) -> Double {
    func height(_ step: Int) -> Double { 1 + cos(.pi * Double(step) / Double(tMax)) }
    if step == 0 { return rate }
    // The ratio below would divide by 0 here, where the previous rate was the minimum.
    if (step - 1 - tMax) % (2 * tMax) == 0 {
      return rate + (base - etaMin) * (1 - cos(.pi / Double(tMax))) / 2
    }
    return height(step) / height(step - 1) * (rate - etaMin) + etaMin
  }
}

/// Cosine annealing with warm restarts; each period is `tMult` times as long as the previous one:
/// `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`.
public final class CosineAnnealingWarmRestarts: Scheduler {
  private let t0: Int
  private let tMult: Int
  private let etaMin: Double

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer whose learning rate is set.
  ///   - t0: number of steps of the first period.
  ///   - tMult: ratio of the length of a period to that of the previous one.
  ///   - etaMin: minimum learning rate.
  public init(_ optimizer: Optimizer, t0: Int, tMult: Int = 1, etaMin: Double = 0) {
    guard t0 > 0, tMult > 0 else {
      fatalError("CosineAnnealingWarmRestarts: t0 \(t0), tMult \(tMult); both must be 1 or more")
    }
    (self.t0, self.tMult, self.etaMin) = (t0, tMult, etaMin)
    super.init(optimizer)
  }

  public override func rate(_ base: Double, _ step: Int) -> Double {
    var (rest, length) = (step, t0)
    while rest >= length {
      rest -= length
      length *= tMult
    }
    return etaMin + (base - etaMin) * (1 + cos(.pi * Double(rest) / Double(length))) / 2
  }
}

/// The one-cycle policy: the learning rate rises to a maximum and falls to nearly 0, and momentum
/// is cycled inversely: `torch.optim.lr_scheduler.OneCycleLR`; Smith and Topin, 2017.
public final class OneCycleLR: Scheduler {
  private let maxLR: Double
  private let totalSteps: Int
  private let pctStart: Double
  private let strategy: Strategy
  private let momenta: (base: Double, max: Double)?
  private let divFactor: Double
  private let finalDivFactor: Double

  /// The annealing strategy.
  public enum Strategy: Sendable {
    /// Cosine or linear annealing.
    case cos, linear
  }

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer whose learning rate is set.
  ///   - maxLR: maximum learning rate.
  ///   - totalSteps: total number of steps.
  ///   - pctStart: fraction of the steps in which the learning rate rises.
  ///   - annealStrategy: cosine or linear annealing.
  ///   - cycleMomentum: whether to cycle momentum, or the first beta, inversely to the learning
  ///     rate.
  ///   - baseMomentum: the momentum at the highest rate.
  ///   - maxMomentum: the momentum at the lowest rate.
  ///   - divFactor: ratio of the maximum to the initial learning rate.
  ///   - finalDivFactor: ratio of the initial to the final learning rate.
  public init(
    _ optimizer: Optimizer, maxLR: Double, totalSteps: Int, pctStart: Double = 0.3,
    annealStrategy: Strategy = .cos, cycleMomentum: Bool = true, baseMomentum: Double = 0.85,
    maxMomentum: Double = 0.95, divFactor: Double = 25, finalDivFactor: Double = 1e4
  ) {
    guard totalSteps > 0, (0...1).contains(pctStart), maxLR > 0 else {
      fatalError(
        "OneCycleLR: maxLR \(maxLR) over \(totalSteps) steps, pctStart \(pctStart); expected a rate above 0, "
          + "1 step or more, and a fraction from 0 to 1")
    }
    self.maxLR = maxLR
    self.totalSteps = totalSteps
    self.pctStart = pctStart
    strategy = annealStrategy
    momenta = cycleMomentum ? (baseMomentum, maxMomentum) : nil
    self.divFactor = divFactor
    self.finalDivFactor = finalDivFactor
    super.init(optimizer)
  }

  public override func rate(_ base: Double, _ step: Int) -> Double {
    let first = maxLR / divFactor
    return phase(step, from: first, over: maxLR, to: first / finalDivFactor)
  }

  override func follow() {
    guard let momenta else { return }
    let momentum = phase(count, from: momenta.max, over: momenta.base, to: momenta.max)
    for group in optimizer.groups { group.momentum = momentum }
  }

  private func phase(_ step: Int, from first: Double, over middle: Double, to last: Double)
    -> Double
  {
    if step > totalSteps { fatalError("OneCycleLR: more than \(totalSteps) steps") }
    let top = pctStart * Double(totalSteps) - 1
    let place = Double(step)
    return place <= top || top == Double(totalSteps - 1)
      ? way(first, middle, place / top)
      : way(middle, last, (place - top) / (Double(totalSteps - 1) - top))
  }

  private func way(_ start: Double, _ end: Double, _ share: Double) -> Double {
    switch strategy {
    case .cos: end + (start - end) / 2 * (1 + Foundation.cos(.pi * share))
    case .linear: (end - start) * share + start
    }
  }
}

/// Multiplies the initial learning rate by a function of the step:
/// `torch.optim.lr_scheduler.LambdaLR`.
public final class LambdaLR: Scheduler {
  private let factor: (Int) -> Double

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer whose learning rate is set.
  ///   - factor: returns the factor of the initial learning rate at a step.
  public init(_ optimizer: Optimizer, _ factor: @escaping (_ step: Int) -> Double) {
    self.factor = factor
    super.init(optimizer)
  }

  public override func rate(_ base: Double, _ step: Int) -> Double { base * factor(step) }
}
