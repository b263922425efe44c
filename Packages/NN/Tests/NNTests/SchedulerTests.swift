import NN
import Testing

/// Combined schedulers, and learning rates that are set by hand; single schedulers are tested in
/// OptimizerTests.
@Suite struct SchedulerTests {
  private func optimizer(_ lr: Double = 1) -> SGD { SGD([.zeros([1], requiresGrad: true)], lr: lr) }

  private func rates(_ optimizer: Optimizer, _ count: Int, _ step: () -> Void) -> [Double] {
    (0..<count).map { _ in
      defer { step() }
      return optimizer.lr
    }
  }

  private func expectClose(_ numbers: [Double], _ expected: [Double]) {
    #expect(numbers.count == expected.count)
    for (a, b) in zip(numbers, expected) { #expect(abs(a - b) < 1e-12, "\(numbers)") }
  }

  @Test func factorsOfTwoAreMultiplied() {
    let o = optimizer()
    let (first, second) = (ExponentialLR(o, gamma: 0.9), StepLR(o, stepSize: 3, gamma: 0.5))
    let numbers = rates(o, 5) {
      first.step()
      second.step()
    }
    expectClose(numbers, [1, 0.9, 0.81, 0.3645, 0.32805])
  }

  /// The same rates as PyTorch's ChainedScheduler.
  @Test func chained() {
    let o = optimizer()
    func make() -> ChainedScheduler {
      ChainedScheduler([
        LinearLR(o, startFactor: 0.5, totalIters: 2),
        MultiStepLR(o, milestones: [2, 4], gamma: 0.1),
        CosineAnnealingLR(o, tMax: 3),
      ])
    }
    let scheduler = make()
    expectClose([o.lr], [0.5])
    let numbers = rates(o, 6, scheduler.step)
    expectClose(numbers, [0.5, 0.5625, 0.025, 0, 0.25, 0.75])
    scheduler.stepCount = 2
    expectClose([o.lr], [numbers[2]])
    #expect(scheduler.stepCount == 2 && scheduler.lrs == [o.lr])
  }

  @Test func aRateSetByHandGoesOn() {
    let o = optimizer()
    let scheduler = ExponentialLR(o, gamma: 0.9)
    scheduler.step()
    o.lr = 0.5
    scheduler.step()
    expectClose([o.lr], [0.45])

    let cosine = optimizer()
    let annealing = CosineAnnealingLR(cosine, tMax: 4)
    cosine.lr = 0.5
    annealing.step()
    expectClose([cosine.lr], [0.5 * (1 + 0.5.squareRoot()) / 2])
  }

  /// Each scheduler starts from the base rate, whatever the previous one left.
  @Test func sequential() {
    let o = optimizer()
    let scheduler = SequentialLR(
      o, [LinearLR(o, startFactor: 0.5, totalIters: 2), ExponentialLR(o, gamma: 0.5)],
      milestones: [3])
    let numbers = rates(o, 6, scheduler.step)
    expectClose(numbers, [0.5, 0.75, 1, 1, 0.5, 0.25])
    scheduler.stepCount = 4
    #expect(o.lr == numbers[4])
  }

  @Test func theStateIsSavedAndLoaded() throws {
    let (a, b) = (optimizer(), optimizer())
    let (first, second) = (StepLR(a, stepSize: 2, gamma: 0.5), StepLR(b, stepSize: 2, gamma: 0.5))
    for _ in 0..<5 { first.step() }
    #expect(first.stateDict()["last_epoch"]?.item() == 5)
    try second.loadStateDict(first.stateDict())
    #expect(second.stepCount == 5 && b.lr == a.lr)
    #expect(throws: StateDictError.self) { try second.loadStateDict([:]) }
  }

  @Test func theCountBringsTheSameRates() {
    let o = optimizer(0.3)
    let scheduler = CosineAnnealingLR(o, tMax: 7, etaMin: 0.01)
    let numbers = rates(o, 20, scheduler.step)
    for (step, rate) in numbers.enumerated() {
      scheduler.stepCount = step
      #expect(o.lr == rate)
    }
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "ChainedScheduler: 0 schedulers; expected one or more",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ChainedScheduler([])
      })
  }
}
