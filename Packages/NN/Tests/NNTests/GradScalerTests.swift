import NN
import Testing

@Suite struct GradScalerTests {
  private func parameter(_ gradient: [Double]) -> (Tensor, SGD) {
    let p = Tensor.zeros([gradient.count], requiresGrad: true)
    p.grad = Tensor(gradient)
    return (p, SGD([p], lr: 1))
  }

  @Test func gradientsAreDividedByTheScale() {
    let (p, optimizer) = parameter([8, -4])
    let scaler = GradScaler(initScale: 4, growthInterval: 2)
    let taken = scaler.step(optimizer)
    #expect(taken && p.equal(Tensor([-2.0, 1])))
    scaler.update()
    #expect(scaler.scale == 4)
    p.grad = Tensor([0.0, 0])
    scaler.step(optimizer)
    scaler.update()
    #expect(scaler.scale == 8, "two good steps")
  }

  @Test func theCountOfGoodStepsBeginsAgain() {
    let scaler = GradScaler(initScale: 8, growthInterval: 2)
    let scales = (0..<5).map { _ in
      scaler.step(parameter([1]).1)
      scaler.update()
      return scaler.scale
    }
    #expect(scales == [8, 16, 16, 32, 32])
  }

  @Test(arguments: [Double.infinity, -.infinity, .nan])
  func stepsWithInfiniteGradientsAreLeftOut(value: Double) {
    let (p, optimizer) = parameter([1, value])
    let scaler = GradScaler(initScale: 16)
    let taken = scaler.step(optimizer)
    #expect(!taken && p.equal(Tensor([0.0, 0])))
    scaler.update()
    #expect(scaler.scale == 8)
  }

  @Test func stateIsSaved() throws {
    let scaler = GradScaler(initScale: 16, growthInterval: 3)
    for _ in 0..<2 {
      scaler.step(parameter([1]).1)
      scaler.update()
    }
    let other = GradScaler(growthInterval: 3)
    try other.loadStateDict(scaler.stateDict())
    other.step(parameter([1]).1)
    other.update()
    #expect(other.scale == 32)
    let error = #expect(throws: StateDictError.self) { try other.loadStateDict([:]) }
    #expect(error?.missing == ["scale", "growth_tracker"])
  }

  /// Without scaling, half of the weights would not change: their gradients underflow in float16.
  @Test(arguments: testedDevices)
  func smallGradientsSurviveInFloat16(device: Device) {
    device.withDefault {
      let w = Tensor.ones([4, 4], requiresGrad: true)
      let x = Tensor.full([1, 4], 1.0)
      func gradient(_ scaler: GradScaler) -> Tensor {
        w.grad = nil
        let optimizer = SGD([w], lr: 1)
        let loss = autocast(device.kind, dtype: .float16) {
          l1Loss(x.matmul(w), .zeros([1, 4])) * 1e-8
        }
        scaler.scale(loss).backward()
        scaler.unscale(optimizer)
        return w.grad!
      }
      #expect(gradient(GradScaler(enabled: false)).abs().amax().item() == 0)
      let kept = gradient(GradScaler())
      #expect(kept.allclose(.full([4, 4], 2.5e-9), rtol: 0.01, atol: 0))
    }
  }

  @Test func wrongOrderStops() async {
    await expectMessage(
      "GradScaler: update() without a step(_:)",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        GradScaler().update()
      })
  }
}
