import NN
import Testing

private final class Block: Module {
  let first = Linear(2, 3)
  let others = [Linear(3, 3), Linear(3, 1, bias: false)]
  let optional: Linear? = nil
  @Parameter var scale = Tensor.ones([1])
  @Parameter var shift: Tensor? = nil
  let note = "not a parameter"

  override func forward(_ x: Tensor) -> Tensor {
    others.reduce(first(x)) { $1($0.relu()) } * scale
  }
}

private final class Outer: Module {
  let block = Block()
  let head = Sequential(Linear(1, 2), ReLU())
  override func forward(_ x: Tensor) -> Tensor { head(block(x)) }
}

@Suite struct ModuleTests {
  @Test func parametersAreFoundByThemselves() {
    let names = Outer().namedParameters().keys
    #expect(
      Array(names) == [
        "block.scale", "block.first.weight", "block.first.bias", "block.others.0.weight",
        "block.others.0.bias", "block.others.1.weight", "head.0.weight", "head.0.bias",
      ])
    #expect(Outer().parameters().allSatisfy { $0.requiresGrad })
    let count = Outer().parameters().map(\.numel).reduce(0, +)
    #expect(count == 29)
  }

  @Test func sharedModulesCountOnce() {
    let shared = Linear(2, 2)
    #expect(Sequential(shared, ReLU(), shared).parameters().count == 2)
  }

  @Test func forwardAndBackward() {
    let model = Outer()
    let y = model(Tensor.ones([5, 2]))
    #expect(y.shape == [5, 2])
    y.sum().backward()
    #expect(model.block.scale.grad != nil)
    model.zeroGrad()
    #expect(model.parameters().allSatisfy { $0.grad == nil })
  }

  @Test func trainAndEvalReachAllAndLeaveGradientsOn() {
    let model = Outer()
    #expect(model.isTraining && model.block.first.isTraining)
    model.eval()
    #expect(!model.isTraining && !model.block.others[1].isTraining)
    #expect(model(Tensor.ones([1, 2])).requiresGrad, "eval does not turn gradients off")
    #expect(!noGrad { model(Tensor.ones([1, 2])) }.requiresGrad)
    model.train()
    #expect(model.block.first.isTraining)
  }

  @Test func descriptionIsPyTorchs() {
    #expect(
      Sequential(Linear(2, 3), Sequential(ReLU(), Linear(3, 1, bias: false))).description == """
        Sequential(
          (0): Linear(in_features=2, out_features=3, bias=True)
          (1): Sequential(
            (0): ReLU()
            (1): Linear(in_features=3, out_features=1, bias=False)
          )
        )
        """)
  }

  @Test func stateDictsComeBack() throws {
    let (a, b) = (Outer(), Outer())
    let x = Tensor.randn([3, 2])
    try b.loadStateDict(a.stateDict())
    #expect(a(x).equal(b(x)))
    #expect(a.stateDict().values.allSatisfy { !$0.requiresGrad })
  }

  @Test func allThatDoesNotMatchIsNamedAndNothingChanges() throws {
    let model = Sequential(Linear(2, 3), Linear(3, 1))
    let before = model.stateDict().mapValues { $0.clone() }
    let bad: StateDict = [
      "0.weight": .zeros([3, 2]), "0.bias": .zeros([4]), "extra": .zeros([1]),
      "1.weight": .zeros([1, 2]),
    ]
    let error = #expect(throws: StateDictError.self) { try model.loadStateDict(bad) }
    #expect(error?.missing == ["1.bias"] && error?.unexpected == ["extra"])
    #expect(error?.mismatchedShapes.map(\.name) == ["0.bias", "1.weight"])
    #expect(
      error?.localizedDescription == """
        the state dict does not match the model: missing keys: 1.bias; unexpected keys: extra; \
        0.bias has shape [4], the model's [3]; 1.weight has shape [1, 2], the model's [1, 3]
        """)
    for (name, tensor) in model.stateDict() { #expect(tensor.equal(before[name]!)) }
  }

  @Test func namesAreInPyTorchsSpelling() {
    final class Names: Module {
      let selfAttn = Linear(1, 1, bias: false)
      let maybe: [Linear?] = [nil, Linear(1, 1, bias: false)]
      let byName = ["b": Linear(1, 1, bias: false), "a": Linear(1, 1, bias: false)]
      let nested = [[Linear(1, 1, bias: false)]]
      @Parameter var weightIhL0 = Tensor.ones([1])
      @Buffer var runningMean = Tensor.zeros([1])
      let many = [Double](repeating: 0, count: 1000)
    }
    let model = Names()
    model.registerParameter("extra", .ones([2]))
    model.registerBuffer("mask", .ones([2]), persistent: false)
    model.registerModule("late", Linear(1, 1, bias: false))
    #expect(
      Array(model.stateDict().keys) == [
        "weight_ih_l0", "extra", "running_mean", "self_attn.weight", "maybe.1.weight",
        "by_name.a.weight", "by_name.b.weight", "nested.0.0.weight", "late.weight",
      ])
    #expect(Array(model.namedBuffers().keys) == ["running_mean", "mask"])
    #expect(model.children().count == 6 && model.modules().count == 7)
  }

  @Test func hooksSeeAndReplace() {
    let model = Sequential(Linear(1, 1, bias: false))
    Init.constant(model.parameters()[0], 2)
    let x = Tensor([[3.0]])
    nonisolated(unsafe) var seen: [Double] = []
    let first = model.registerForwardPreHook { _, inputs in
      seen.append((inputs[0] as! Tensor).item())
      return Tensor([[5.0]])
    }
    let last = model[0].registerForwardHook { _, _, output in (output as! Tensor) + 1 }
    #expect(model(x).item() == 11 && seen == [3])
    first.remove()
    #expect(model(x).item() == 7)
    last.remove()
    #expect(model(x).item() == 6)
  }

  /// Twice and then one more is not one more and then twice.
  @Test func hooksRunInTheirOrder() {
    let layer = Identity()
    layer.registerForwardPreHook { _, inputs in (inputs[0] as! Tensor) * 2 }
    layer.registerForwardPreHook { _, inputs in (inputs[0] as! Tensor) + 1 }
    #expect(layer(Tensor(3.0)).item() == 7)
    layer.registerForwardHook { _, _, output in (output as! Tensor) * 10 }
    layer.registerForwardHook { _, _, output in (output as! Tensor) - 3 }
    #expect(layer(Tensor(3.0)).item() == 67)
  }

  @Test func sharedParametersAreSavedUnderEachKey() throws {
    let shared = Linear(1, 1, bias: false)
    let model = Sequential(shared, shared)
    #expect(Array(model.stateDict().keys) == ["0.weight", "1.weight"])
    #expect(model.parameters().count == 1)
    let wide = model.to(.float64)
    #expect(wide.parameters().count == 1 && wide.parameters()[0].dtype == .float64)
    try model.loadStateDict(["0.weight": Tensor([[1.0]]), "1.weight": Tensor([[2.0]])])
    #expect(model.parameters()[0].item() == 2)
    try model.loadStateDict(["0.weight": Tensor([[4.0]]), "other": Tensor(1.0)], strict: false)
    #expect(model.parameters()[0].item() == 4)
  }

  @Test func containers() {
    let built = Sequential {
      Linear(2, 2)
      for _ in 0..<2 { ReLU() }
    }
    #expect(built.count == 3 && built[-1] is ReLU)
    built.append(Tanh())
    #expect(built.namedChildren().map(\.name) == ["0", "1", "2", "3"])
    let named = Sequential(["hidden": Linear(2, 3), "output": Linear(3, 1)])
    #expect(Array(named.stateDict().keys).first == "hidden.weight")
    let list = ModuleList([Linear(1, 1), Linear(1, 1), ReLU()])
    #expect(
      list.description == """
        ModuleList(
          (0-1): 2 x Linear(in_features=1, out_features=1, bias=True)
          (2): ReLU()
        )
        """)
    let dict = ModuleDict(["b": ReLU(), "a": Tanh()])
    #expect(dict.keys == ["b", "a"] && dict["a"] is Tanh)
    #expect(dict["a"](Tensor([0.0])).item() == 0)
    #expect(dict.removeValue(forKey: "b") is ReLU && dict.removeValue(forKey: "c") == nil)
    #expect(dict.keys == ["a"] && dict.namedChildren().map(\.name) == ["a"])
  }

  @Test func aModuleThatADictDoesNotHave() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = ModuleDict(["b": ReLU(), "a": Tanh()])["c"]
    }
    expectMessage("ModuleDict: no module “c”; it has b, a", result)
  }

  /// The copies of a layer start alike, draw nothing as they are made, and drop out on their own.
  @Test func copiesOfLayers() {
    let generator = Generator(seed: 0)
    let layer = TransformerEncoderLayer(
      4, 2, dimFeedforward: 8, dropout: 0.5, generator: generator)
    let before = generator.state
    let encoder = TransformerEncoder(layer, 2)
    let next = generator.next32()
    generator.state = before
    #expect(next == generator.next32())
    let states = encoder.layers.map { $0.stateDict() }
    for (a, b) in zip(states[0].values, states[1].values) { #expect(a.equal(b)) }
    let drops = encoder.layers.map {
      ($0 as! TransformerEncoderLayer).dropout(Tensor.ones([100]))
    }
    #expect(!drops[0].equal(drops[1]))
  }

  @Test func freezingAndApplying() {
    let model = Sequential(Linear(2, 2), Linear(2, 2))
    model.requiresGrad(false)
    #expect(!model(Tensor.ones([1, 2])).requiresGrad)
    model.apply { module in
      if let linear = module as? Linear { Init.constant(linear.weight, 0) }
    }
    #expect(model.parameters()[0].abs().sum().item() == 0)
  }

  @Test func mistakesNameTheLayersPath() async {
    await expectMessage(
      "layers.1.linear1: expected last dim 4, got 6",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let encoder = TransformerEncoder(
          TransformerEncoderLayer(4, 2, dimFeedforward: 8), 2)
        encoder.layers[1].registerForwardPreHook { _, _ in nil }
        (encoder.layers[1] as! TransformerEncoderLayer).norm1
          .registerForwardHook { _, _, _ in Tensor.zeros([3, 1, 6]) }
        _ = encoder(Tensor.zeros([3, 1, 4]))
      })
    await expectMessage(
      "1: expected [batch, 3, height, width] or [3, height, width], got [1, 2, 4, 4]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Sequential(ReLU(), Conv2d(3, 4, kernelSize: 3))(Tensor.zeros([1, 2, 4, 4]))
      })
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "Module: override func forward",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Module()(Tensor(1.0))
      })
    await expectMessage(
      "Linear: expected last dim 2, got 3 in an input of shape [1, 3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Linear(2, 3)(Tensor.ones([1, 3]))
      })
    await expectMessage(
      "crossEntropy: logits [2, 3], target int64 [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = crossEntropy(Tensor.ones([2, 3]), Tensor([0, 1, 2]))
      })
    await expectMessage(
      "crossEntropy: target 3 is out of range for 3 classes",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = crossEntropy(Tensor.ones([1, 3]), Tensor([3]))
      })
    await expectMessage(
      "Adam: there are no parameters to optimize",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Adam([Tensor]())
      })
    await expectMessage(
      "lr -1.0 is out of range",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SGD(Linear(1, 1).parameters(), lr: -1)
      })
  }
}
