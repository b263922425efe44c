// Schedulers that combine others.

/// Runs schedulers one after the other, each counting its steps from its milestone:
/// `torch.optim.lr_scheduler.SequentialLR`.
///
///     let warmup = LinearLR(optimizer, totalIters: 100)
///     let decay = CosineAnnealingLR(optimizer, tMax: 900)
///     let scheduler = SequentialLR(optimizer, [warmup, decay], milestones: [100])
public final class SequentialLR: Scheduler {
  private let schedulers: [Scheduler]
  private let milestones: [Int]

  /// Creates the scheduler, and sets the initial learning rate.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer of all schedulers.
  ///   - schedulers: the schedulers, in order.
  ///   - milestones: steps at which to switch to the next scheduler, in ascending order.
  public init(_ optimizer: Optimizer, _ schedulers: [Scheduler], milestones: [Int]) {
    guard schedulers.count == milestones.count + 1,
      schedulers.allSatisfy({ $0.optimizer === optimizer }), milestones == milestones.sorted()
    else {
      fatalError(
        "SequentialLR: \(schedulers.count) schedulers and milestones \(milestones); expected one more "
          + "scheduler than ascending milestones, all of the same optimizer")
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

  /// Each scheduler starts from the base rates and continues from its own.
  public override func next(_ rate: Double, _ base: Double, _ step: Int) -> Double {
    let (scheduler, own) = current(step)
    return own == 0 ? scheduler.rate(base, 0) : scheduler.next(rate, base, own)
  }

  override func follow() {
    let (scheduler, own) = current(count)
    scheduler.count = own
  }
}

/// Applies several schedulers at each step, one after the other:
/// `torch.optim.lr_scheduler.ChainedScheduler`.
///
///     let warmup = LinearLR(optimizer, totalIters: 100)
///     let scheduler = ChainedScheduler([warmup, ExponentialLR(optimizer, gamma: 0.999)])
public final class ChainedScheduler: Scheduler {
  private let schedulers: [Scheduler]

  /// Creates the scheduler; its parts have already set the initial learning rate.
  ///
  /// - Parameter schedulers: schedulers of one optimizer, in the order in which they are applied.
  public init(_ schedulers: [Scheduler]) {
    guard let first = schedulers.first,
      schedulers.allSatisfy({ $0.optimizer === first.optimizer })
    else {
      fatalError(
        "ChainedScheduler: \(schedulers.count) schedulers; expected one or more, all of the same optimizer"
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
