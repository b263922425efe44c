// Schedulers that are made of others.

/// Several schedulers, each from a step on, counted from there:
/// `torch.optim.lr_scheduler.SequentialLR`.
///
///     let (warmup, decay) = (LinearLR(optimizer, totalIters: 100), CosineAnnealingLR(optimizer, tMax: 900))
///     let scheduler = SequentialLR(optimizer, [warmup, decay], milestones: [100])
public final class SequentialLR: Scheduler {
  private let schedulers: [Scheduler]
  private let milestones: [Int]

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer of all schedulers.
  ///   - schedulers: one after the other.
  ///   - milestones: steps at which it changes.
  public init(_ optimizer: Optimizer, _ schedulers: [Scheduler], milestones: [Int]) {
    guard schedulers.count == milestones.count + 1,
      schedulers.allSatisfy({ $0.optimizer === optimizer }), milestones == milestones.sorted()
    else {
      fatalError(
        "SequentialLR: \(schedulers.count) schedulers and milestones \(milestones); there must be one "
          + "scheduler more than rising milestones, all of the optimizer")
    }
    (self.schedulers, self.milestones) = (schedulers, milestones)
    super.init(optimizer)
  }

  /// The scheduler at a step, and the number of its own steps.
  private func current(_ step: Int) -> (scheduler: Scheduler, step: Int) {
    let place = milestones.count { $0 <= step }
    return (schedulers[place], place == 0 ? step : step - milestones[place - 1])
  }

  public override func rate(_ base: Double, _ step: Int) -> Double {
    let (scheduler, own) = current(step)
    return scheduler.rate(base, own)
  }

  /// Each begins with the rates at the start, and goes on from its own.
  public override func next(_ rate: Double, _ base: Double, _ step: Int) -> Double {
    let (scheduler, own) = current(step)
    return own == 0 ? scheduler.rate(base, 0) : scheduler.next(rate, base, own)
  }

  override func follow() {
    let (scheduler, own) = current(count)
    scheduler.count = own
  }
}

/// Several schedulers at a time, whose factors are multiplied:
/// `torch.optim.lr_scheduler.ChainedScheduler`.
///
///     ChainedScheduler([LinearLR(optimizer, totalIters: 100), ExponentialLR(optimizer, gamma: 0.999)])
public final class ChainedScheduler: Scheduler {
  private let schedulers: [Scheduler]

  /// Creates the scheduler; those that it is made of have set the rate already.
  ///
  /// - Parameter schedulers: of one optimizer, in the order in which they change the rate.
  public init(_ schedulers: [Scheduler]) {
    guard let first = schedulers.first,
      schedulers.allSatisfy({ $0.optimizer === first.optimizer })
    else {
      fatalError(
        "ChainedScheduler: \(schedulers.count) schedulers; there must be one or more, all of one optimizer"
      )
    }
    self.schedulers = schedulers
    super.init(first.optimizer)
  }

  public override func rate(_ base: Double, _ step: Int) -> Double {
    (0...step).reduce(base) { chained($0, base, $1) }
  }

  public override func next(_ rate: Double, _ base: Double, _ step: Int) -> Double {
    step == 0 ? rate : chained(rate, base, step)
  }

  private func chained(_ rate: Double, _ base: Double, _ step: Int) -> Double {
    schedulers.reduce(rate) { $1.next($0, base, step) }
  }

  override func follow() {
    for scheduler in schedulers { scheduler.count = count }
  }
}
