import Foundation
import NN
import Testing

/// Chen and others, “Symbolic discovery of optimization algorithms”, 2023.
private final class Lion: Optimizer {
  override func update(
    _ parameter: Tensor, gradient: Tensor, state: inout State, group: ParameterGroup
  ) {
    let mean = state["exp_avg"] ?? .zerosLike(parameter)
    let direction = (mean * 0.9 + gradient * 0.1).sign()
    parameter.update(.subtract, (direction + parameter * group.weightDecay) * group.lr)
    state["exp_avg"] = mean * 0.99 + gradient * 0.01
  }
}

/// You, Gitman and Ginsburg, “Large batch training of convolutional networks”, 2017.
private final class LARS: Optimizer {
  override func update(
    _ parameter: Tensor, gradient: Tensor, state: inout State, group: ParameterGroup
  ) {
    let whole = gradient + parameter * group.weightDecay
    let trust = parameter.norm() / (gradient.norm() + parameter.norm() * group.weightDecay) * 0.001
    let velocity = state["velocity"] ?? .zerosLike(parameter)
    let next = velocity * group.momentum + whole * trust * group.lr
    parameter.update(.subtract, next)
    state["velocity"] = next
  }
}

/// Optimizers that are defined outside the library.
@Suite struct OwnOptimizerTests {
  private func weight(_ numbers: [Double]) -> Tensor {
    Tensor(numbers, dtype: .float64, requiresGrad: true)
  }

  /// One step for the loss Σ c·w², whose gradient is 2·c·w.
  private func step(_ optimizer: Optimizer, _ c: Double = 1) {
    optimizer.zeroGrad()
    let terms = optimizer.parameters.map { ($0.square() * c).sum() }
    terms.dropFirst().reduce(terms[0]) { $0 + $1 }.backward()
    optimizer.step()
  }

  @Test func lion() {
    let w = weight([1, -2])
    let optimizer = Lion([ParameterGroup([w])], lr: 0.1, weightDecay: 0.5)
    var (numbers, means) = ([1.0, -2], [0.0, 0])
    for _ in 0..<3 {
      step(optimizer)
      for i in 0..<2 {
        let g = 2 * numbers[i]
        let mixed = means[i] * 0.9 + g * 0.1
        numbers[i] -= ((mixed > 0 ? 1 : -1) + numbers[i] * 0.5) * 0.1
        means[i] = means[i] * 0.99 + g * 0.01
      }
    }
    #expect(w.allclose(Tensor(numbers, dtype: .float64), rtol: 1e-12))
  }

  @Test func larsInGroupsWithASchedule() {
    let (a, b) = (weight([3, 4]), weight([1]))
    let optimizer = LARS(
      [ParameterGroup([a], lr: 2), ParameterGroup([b])], lr: 1, momentum: 0.9)
    let scheduler = StepLR(optimizer, stepSize: 1, gamma: 0.5)
    // ‖w‖ / ‖2w‖ is a half, so w shrinks by 0.001·lr in the first step.
    step(optimizer)
    scheduler.step()
    #expect(abs(a[0].item() - 3 * (1 - 0.002)) < 1e-12 && abs(b.item() - (1 - 0.001)) < 1e-12)
    // In the second step by half of that, plus 0.9 of the last change.
    step(optimizer)
    #expect(abs(a[0].item() - (2.994 - 0.9 * 0.006 - 2.994 * 0.001)) < 1e-12)
    #expect(optimizer.groups.map(\.lr) == [1, 0.5])
  }

  @Test func goesOnFromACheckpoint() throws {
    let (w, other) = (weight([1, -2]), weight([1, -2]))
    let (first, second) = (
      Lion([ParameterGroup([w])], lr: 0.1), Lion([ParameterGroup([other])], lr: 9)
    )
    for _ in 0..<3 { step(first) }
    let saved = first.stateDict()
    #expect(saved.keys.contains("state.0.exp_avg"))
    try second.loadStateDict(saved)
    noGrad { other.copy(from: w) }
    for c in [1, -3, 0.5] {
      step(first, c)
      step(second, c)
    }
    #expect(w.equal(other))
    #expect(second.stateDict()["state.0.step"]!.item() == 6)
    var wrong = saved
    wrong["state.7.exp_avg"] = w
    #expect(throws: StateDictError.self) { try second.loadStateDict(wrong) }
  }

  @Test func scaledGradients() {
    let w = weight([1, -2])
    let optimizer = Lion([ParameterGroup([w])], lr: 0.1)
    let scaler = GradScaler(initScale: 1024)
    scaler.scale(w.square().sum()).backward()
    scaler.step(optimizer)
    scaler.update()
    #expect(w.allclose(Tensor([0.9, -1.9], dtype: .float64)))
  }

  @Test func anOptimizerWithoutAStepStops() async {
    await expectMessage(
      "Nothing: override func update(_:gradient:state:group:)",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        final class Nothing: Optimizer {}
        let w = Tensor([1.0], requiresGrad: true)
        w.sum().backward()
        Nothing([ParameterGroup([w])], lr: 1).step()
      })
  }
}
