import NN
import Testing

private final class Masked: Module {
  func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
    run(x, mask) { forward(x, mask: mask) }
  }
  func forward(_ x: Tensor, mask: Tensor? = nil) -> Tensor { mask.map { x * $0 } ?? x + 1 }
}

private final class Halves: Module {
  func callAsFunction(_ x: Tensor) -> (Tensor, Tensor) { run(x) { (x[..<1], x[1...]) } }
}

private final class Named: Module {
  let layer = Linear(2, 1)
  func callAsFunction(_ batch: [String: Tensor]) -> [String: Tensor] {
    run(batch) { ["y": layer(batch["x"]!)] }
  }
}

private final class Positions: Module {
  @Buffer(persistent: false) var positions: Tensor
  @Buffer(persistent: true) var scale: Tensor
  init(_ count: Int) {
    super.init()
    positions = Tensor.arange(count)
    scale = Tensor.ones(1)
  }
  override func forward(_ x: Tensor) -> Tensor { x * scale + positions }
}

private final class Block: Module {
  let ln1 = LayerNorm(2)
  let attn = Linear(2, 2)
}

/// Modules written as in PyTorch.
@Suite struct WrittenFormsTests {
  @Test func conversionsByName() {
    let model = Sequential(Linear(2, 2), Linear(2, 1))
    #expect(model.double().parameters().allSatisfy { $0.dtype == .float64 })
    #expect(model.half().parameters().allSatisfy { $0.dtype == .float16 })
    #expect(model.bfloat16().parameters().allSatisfy { $0.dtype == .bfloat16 })
    #expect(model.float().cpu().parameters().allSatisfy { $0.dtype == .float32 })
  }

  /// Normalization of float16 and bfloat16 batches is computed in float32, as under autocast.
  @Test func normalizationOfHalvesByFloats() {
    let x = Tensor.randn(8, 4, 3, 3, generator: Generator(seed: 1)).to(.bfloat16)
    let (half, float) = (BatchNorm2d(4), BatchNorm2d(4))
    let group = GroupNorm(2, 4)
    for layer in [half, float] { layer.weight = Tensor([0.5, 1, 2, 3]) }
    #expect(half(x).equal(float(x.float()).to(.bfloat16)))
    #expect(
      half.runningMean!.equal(float.runningMean!) && half.runningVar!.equal(float.runningVar!))
    #expect(group(x).equal(group(x.float()).to(.bfloat16)))
  }

  @Test func distancesOfPairs() {
    let (a, b) = (Tensor([[1.0, 2], [3, 5]]), Tensor([[1.0, 0], [0, 1]]))
    #expect(pairwiseDistance(a, b).allclose(Tensor([2.0, 5.0])))
    #expect(pairwiseDistance(a, b, p: 1, eps: 0, keepDim: true).equal(Tensor([[2.0], [7]])))
  }

  @Test func initialisersByPosition() {
    let w = Tensor.empty(200)
    Init.uniform(w, -0.5, -0.25)
    #expect(w.min().item() >= -0.5 && w.max().item() < -0.25)
    Init.normal(w, 100, 0.5)
    #expect(w.min().item() > 90)
    Init.zeros(w)
    #expect(w.equal(.zeros([200])))
    Init.ones(w)
    #expect(w.equal(.ones([200])))
  }

  @Test func callsOfOtherInputsAndOutputs() {
    let x = Tensor([1.0, 2])
    // A call with one tensor is the subclass's own, with its other arguments omitted.
    #expect(Masked()(x).equal(Tensor([2.0, 3])))
    #expect(Masked()(x, mask: Tensor([0.0, 1])).equal(Tensor([0.0, 2])))
    let (a, b) = Halves()(x)
    #expect(a.equal(Tensor([1.0])) && b.equal(Tensor([2.0])))
    #expect(Named()(["x": x])["y"]?.shape == [1])
  }

  @Test func aModuleWithoutForwardSaysWhatToWrite() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Block()(Tensor([1.0]))
    }
    expectMessage(
      "Block: override func forward(_ x: Tensor) -> Tensor; if it takes other inputs, define its own call",
      result)
  }

  @Test func buffersAreSetInInit() throws {
    let module = Positions(3)
    #expect(module(Tensor.zeros(3)).equal(Tensor([0.0, 1, 2])))
    #expect(Array(module.stateDict().keys) == ["scale"])
    try module.loadStateDict(["scale": Tensor([2.0])])
    #expect(module(Tensor.ones(3)).equal(Tensor([2.0, 3, 4])))
  }

  @Test func aBufferThatIsNotSetStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Buffer<Tensor>(persistent: true).wrappedValue
    }
    expectMessage("Buffer: read before it was set", result)
  }

  @Test func sequentialsOfFunctions() {
    let model = Sequential(Linear(2, 3), Lambda { $0.relu() }, Linear(3, 1))
    #expect(model[0, as: Linear.self].weight.shape == [3, 2])
    #expect(model.map { "\(type(of: $0))" } == ["Linear", "Lambda", "Linear"])
    #expect(Array(model.stateDict().keys) == ["0.weight", "0.bias", "2.weight", "2.bias"])
    #expect(model.description.contains("(1): Lambda()"))
    let x = Tensor([[1.0, -2]])
    let hidden = model[0](x)
    #expect(model(x).equal(model[2](hidden.maximum(0))))
  }

  @Test func aModuleOfAnotherTypeStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Sequential(Linear(1, 1), ReLU())[1, as: Linear.self]
    }
    expectMessage(
      "Sequential: the module at 1 is a ReLU, not a Linear", result)
  }

  @Test func keysAreRenamed() throws {
    let block = Block()
    let state = block.stateDict()
    let foreign = StateDict(
      uniqueKeysWithValues: state.map {
        ("h.0." + $0.replacing("ln1", with: "LayerNorm"), $1 + 1)
      })
    try block.loadStateDict(foreign, renaming: [#"^h\.\d+\."#: "", "LayerNorm": "ln1"])
    #expect(block.ln1.weight!.equal(Tensor([2.0, 2])))
    #expect(
      Array(foreign.renamed([#"h\.(\d+)"#: "layers.$1"]).keys.prefix(1)) == [
        "layers.0.LayerNorm.weight"
      ])
    let error = #expect(throws: StateDictError.self) { try block.loadStateDict(foreign) }
    #expect(error?.unexpected.count == 4)
  }

  @Test func keysThatBecomeOneStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = StateDict(uniqueKeysWithValues: [("a.x", Tensor(1)), ("b.x", Tensor(2))])
        .renamed([#"^\w\."#: ""])
    }
    expectMessage(
      "renaming: “a.x” and “b.x” both become “x”", result)
  }
}
