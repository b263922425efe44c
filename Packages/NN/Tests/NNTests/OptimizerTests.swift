import Foundation
import NN
import Testing

private let schedules: [String: [[Double]]] = golden("schedules")
private let losses: [Double] = [
  5, 4, 4.5, 4, 4, 3.9999, 3, 3, 3.5, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
]

@Suite struct OptimizerTests {
  private func optimizer() -> SGD {
    func parameter() -> Tensor { .zeros([1], requiresGrad: true) }
    return SGD(
      [ParameterGroup([parameter()]), ParameterGroup([parameter()], lr: 0.4)], lr: 0.1,
      momentum: 0.9)
  }

  private func scheduler(_ name: String, _ o: Optimizer) -> Scheduler? {
    switch name {
    case "step": StepLR(o, stepSize: 3, gamma: 0.5)
    case "multiStep": MultiStepLR(o, milestones: [2, 5, 5], gamma: 0.3)
    case "exponential": ExponentialLR(o, gamma: 0.9)
    case "linear": LinearLR(o, startFactor: 0.25, endFactor: 0.75, totalIters: 7)
    case "cosine": CosineAnnealingLR(o, tMax: 8, etaMin: 0.01)
    case "warm restarts": CosineAnnealingWarmRestarts(o, t0: 3, tMult: 2, etaMin: 0.001)
    case "one cycle": OneCycleLR(o, maxLR: 0.5, totalSteps: 21)
    case "one cycle, linear":
      OneCycleLR(
        o, maxLR: 0.5, totalSteps: 30, pctStart: 0.5, annealStrategy: .linear,
        cycleMomentum: false, divFactor: 10, finalDivFactor: 100)
    case "lambda": LambdaLR(o) { step in 1 / (1 + Double(step)) }
    case "sequential":
      SequentialLR(
        o, [LinearLR(o, startFactor: 0.1, totalIters: 5), CosineAnnealingLR(o, tMax: 10)],
        milestones: [5])
    default: nil
    }
  }

  @Test(arguments: schedules.keys.sorted())
  func schedulesArePyTorchs(name: String) throws {
    let optimizer = optimizer()
    let scheduler = scheduler(name, optimizer)
    let plateau =
      scheduler == nil
      ? ReduceLROnPlateau(optimizer, factor: 0.5, patience: 2, cooldown: 1, minLR: 0.02) : nil
    for (loss, expected) in zip(losses, schedules[name]!) {
      let now = optimizer.groups.map(\.lr) + [optimizer.groups[0].momentum]
      for (a, b) in zip(now, expected) { #expect(abs(a - b) < 1e-12, "\(now) for \(expected)") }
      scheduler?.step()
      plateau?.step(loss)
    }
    // The number of steps suffices to resume.
    if let scheduler {
      scheduler.stepCount = 4
      for (a, b) in zip(scheduler.lrs, schedules[name]![4]) { #expect(abs(a - b) < 1e-12) }
    }
  }

  /// A run that is saved and resumed continues bit for bit.
  @Test(arguments: ["sgd", "adam", "adamw", "adagrad", "rmsprop"])
  func stateDictsResumeExactly(name: String) throws {
    func make() -> (Sequential, Optimizer) {
      let generator = Generator(seed: 3)
      let model = Sequential(
        Linear(4, 8, generator: generator), Tanh(), Linear(8, 2, generator: generator))
      let p = model.parameters()
      let optimizer: Optimizer =
        switch name {
        case "sgd": SGD(p, lr: 0.1, momentum: 0.9, nesterov: true)
        case "adam": Adam(p, lr: 0.1, amsgrad: true)
        case "adamw": AdamW(p, lr: 0.1)
        case "adagrad": Adagrad(p, lr: 0.1)
        default: RMSprop(p, lr: 0.1, momentum: 0.5, centered: true)
        }
      return (model, optimizer)
    }
    let x = Tensor.randn([16, 4])
    func train(_ model: Sequential, _ optimizer: Optimizer, _ steps: Int) {
      for _ in 0..<steps {
        optimizer.zeroGrad()
        model(x).square().mean().backward()
        optimizer.step()
      }
    }
    let (model, optimizer) = make()
    optimizer.lr = 0.05
    train(model, optimizer, 5)
    let (weights, state) = (
      model.stateDict().mapValues { $0.clone() }, optimizer.stateDict()
    )
    train(model, optimizer, 5)
    let (other, resumed) = make()
    try other.loadStateDict(weights)
    try resumed.loadStateDict(state)
    #expect(resumed.lr == 0.05)
    train(other, resumed, 5)
    for (a, b) in zip(model.parameters(), other.parameters()) { #expect(a.equal(b)) }

    var bad = state
    bad["state.0.step"] = nil
    let error = #expect(throws: StateDictError.self) { try resumed.loadStateDict(bad) }
    #expect(error?.unexpected.isEmpty == false)
  }

  @Test func clipping() {
    func parameter(_ gradient: [Double]) -> Tensor {
      let p = Tensor.zeros([gradient.count], requiresGrad: true)
      p.grad = Tensor(gradient)
      return p
    }
    let (a, b) = (parameter([3, 0]), parameter([4]))
    #expect(abs(clipGradNorm([a, b], maxNorm: 1).item() - 5) < 1e-6)
    #expect(a.grad!.allclose(Tensor([0.6, 0])) && b.grad!.allclose(Tensor([0.8])))
    #expect(abs(clipGradNorm([a, b], maxNorm: 10, p: .infinity).item() - 0.8) < 1e-5)
    clipGradValue([a, b], 0.7)
    #expect(a.grad!.allclose(Tensor([0.6, 0])) && b.grad!.allclose(Tensor([0.7])))
    #expect(clipGradNorm([Tensor.zeros([1], requiresGrad: true)], maxNorm: 1).item() == 0)
    // 1e-6 is added to the norm, which shows where it is as small.
    let small = Tensor.zeros([1], requiresGrad: true)
    small.grad = Tensor([3e-6])
    clipGradNorm([small], maxNorm: 1e-6)
    #expect(abs(small.grad!.item() - 7.5e-7) < 1e-12)
  }

  /// Replays count as steps, even when mixed with steps without a graph.
  @Test(.enabled(if: CUDA.isAvailable), arguments: ["sgd", "adam", "adagrad", "rmsprop"])
  func capturedSteps(name: String) throws {
    let device = Device.cuda()
    let x = Tensor.randn([8, 4]).to(device)
    let y = Tensor([0, 1, 2, -100, 0, 1, 2, 0], device: device)
    func training() -> (Module, Optimizer, step: () -> Void) {
      let generator = Generator(seed: 3)
      let model = Linear(4, 3, generator: generator).to(device)
      let parameters = model.parameters()
      let optimizer: Optimizer =
        switch name {
        case "sgd": SGD(parameters, lr: 0.1, momentum: 0.9)
        case "adam": Adam(parameters, lr: 0.1)
        case "adagrad": Adagrad(parameters, lr: 0.1, lrDecay: 0.1)
        default: RMSprop(parameters, lr: 0.1)
        }
      return (
        model, optimizer,
        {
          optimizer.zeroGrad()
          crossEntropy(model(x), y, weight: nil).backward()
          clipGradNorm(parameters, maxNorm: 0.5)
          optimizer.step()
        }
      )
    }
    let (model, optimizer, step) = training()
    step()
    let graph = CUDA.Graph(capturing: step)
    for _ in 0..<3 { graph.replay() }
    step()
    graph.replay()
    let (expected, other, eager) = training()
    for _ in 0..<6 { eager() }
    for (a, b) in zip(model.parameters(), expected.parameters()) { #expect(a.equal(b)) }
    let (state, right) = (optimizer.stateDict(), other.stateDict())
    #expect(state.keys == right.keys && state["state.0.step"]!.item() == 6)
    for (key, tensor) in state { #expect(tensor.equal(right[key]!), "\(key)") }
  }

  @Test(.enabled(if: CUDA.isAvailable)) func aFirstStepCannotBeCaptured() async {
    await expectMessage(
      "SGD.step: the first step cannot be captured, since each replay would initialize the state "
        + "again; take a step before",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let weight = Tensor.zeros([1], device: .cuda(), requiresGrad: true)
        weight.grad = Tensor.ones([1], device: .cuda())
        let optimizer = SGD([weight], lr: 1)
        _ = CUDA.Graph { optimizer.step() }
      })
  }

  /// As PyTorch's: who freezes a part of a model may still give all parameters to an optimizer.
  @Test func frozenParametersAreLeftAlone() {
    let model = Sequential(Linear(2, 3), Linear(3, 1))
    model[0].requiresGrad(false)
    let optimizer = AdamW(model.parameters(), lr: 0.1, weightDecay: 0.5)
    let before = model.parameters().map { $0.clone() }
    model(Tensor.ones([4, 2])).square().sum().backward()
    optimizer.step()
    let changed = zip(model.parameters(), before).map { !$0.equal($1) }
    #expect(changed == [false, false, true, true])

    model[0].requiresGrad(true)
    optimizer.zeroGrad()
    model(Tensor.ones([4, 2])).square().sum().backward()
    optimizer.step()
    #expect(!model.parameters()[0].equal(before[0]), "thawed, it learns")
  }

  @Test func onlyLeavesAreOptimized() async {
    await expectMessage(
      "SGD: a tensor of shape [2] was computed from others; an optimizer changes leaves",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SGD([Tensor.ones([2], requiresGrad: true) * 2], lr: 1)
      })
  }

  @Test func averagesOfWeights() throws {
    let model = Linear(1, 1, bias: false)
    Init.constant(model.weight, 1)
    let average = ExponentialMovingAverage(model, decay: 0.9)
    Init.constant(model.weight, 2)
    average.update()
    #expect(abs(average.average["weight"]!.item() - 1.1) < 1e-6)
    try average.apply { #expect(abs(model.weight.item() - 1.1) < 1e-6) }
    #expect(model.weight.item() == 2)
  }

  @Test func gradientsAddUp() {
    let model = Linear(2, 1)
    let (first, second) = (Tensor([[1.0, 2]]), Tensor([[3.0, -1]]))
    (model(first).sum() + model(second).sum()).backward()
    let whole = model.weight.grad!.clone()
    model.zeroGrad()
    model(first).sum().backward()
    model(second).sum().backward()
    #expect(model.weight.grad!.equal(whole))
  }

  /// The numbers of `torch.nn.init` after `torch.manual_seed(3)`.
  @Test func initialisersArePyTorchs() {
    func drawn(_ draw: (Tensor, Generator) -> Void, are numbers: [Float]) {
      let w = Tensor.empty(2, 3)
      draw(w, Generator(seed: 3))
      #expect(w.allclose(Tensor(numbers).reshape(2, 3), rtol: 1e-6, atol: 1e-7))
    }
    drawn(
      { Init.xavierNormal($0, gain: 2, generator: $1) },
      are: [1.01607275, 0.2211487, 0.11254938, -0.7762987, 0.058416694, -1.73072612])
    drawn(
      { Init.kaimingUniform($0, a: 0.5, generator: $1) },
      are: [-1.25412512, -0.99783933, -0.54178041, -1.19672012, -0.071810618, -1.11282754])
    drawn(
      { Init.kaimingUniform($0, mode: .fanOut, nonlinearity: .relu, generator: $1) },
      are: [-1.71728146, -1.36634779, -0.74186343, -1.63867652, -0.098330736, -1.523802])
  }

  @Test func initialisers() {
    let generator = Generator(seed: 0)
    let w = Tensor.empty([200, 100])
    Init.xavierUniform(w, gain: 2, generator: generator)
    let bound = 2 * (6.0 / 300).squareRoot()
    #expect(w.abs().amax().item() <= bound && w.abs().amax().item() > 0.99 * bound)
    Init.kaimingNormal(w, mode: .fanOut, nonlinearity: .relu, generator: generator)
    #expect(abs(w.std().item() - (2.0 / 200).squareRoot()) < 2e-3)
    Init.orthogonal(w, generator: generator)
    #expect(w.T.matmul(w).allclose(.eye(100), atol: 1e-5))
    Init.truncNormal(w, std: 0.5, low: -0.5, high: 1, generator: generator)
    #expect(w.amin().item() >= -0.5 && w.amax().item() <= 1)
    // Truncated to -1 to 2 standard deviations, the mean is 0.2296 and the deviation 0.7209 of the
    // original one.
    #expect(abs(w.mean().item() - 0.1148) < 1e-2 && abs(w.std().item() - 0.3604) < 1e-2)
  }
}
