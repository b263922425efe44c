import NN
import Testing

/// Custom layers: subclasses and replacements of the library's.
@Suite struct ReplacingTests {
  /// Hu and others, “LoRA: low-rank adaptation of large language models”, 2021.
  private final class LowRank: Module, Rebuildable {
    let base: Linear
    @Parameter var a: Tensor
    @Parameter var b: Tensor

    init(_ base: Linear, rank: Int) {
      self.base = base
      let dtype = base.weight.dtype
      a = .full([rank, base.inFeatures], 0.5, dtype: dtype)
      b = .full([base.outFeatures, rank], 0.25, dtype: dtype)
      super.init()
    }

    convenience init(arguments: ModuleArguments) throws {
      self.init(try arguments.module("base"), rank: try arguments["rank"])
    }

    override var arguments: ModuleArguments { ["rank": a.shape[0]] }
    override func forward(_ x: Tensor) -> Tensor { base(x) + x.linear(a).linear(b) }
  }

  private final class Net: Module, Rebuildable {
    let hidden = Linear(3, 4)
    let blocks = [Linear(4, 4), Linear(4, 4)]
    let head = Sequential(ReLU(), Linear(4, 2))

    override init() { super.init() }
    convenience init(arguments: ModuleArguments) throws { self.init() }
    override func forward(_ x: Tensor) -> Tensor {
      head(blocks.reduce(hidden(x)) { $1($0) })
    }
  }

  private func withLowRanks() -> Net {
    Net().replace { _, module in (module as? Linear).map { LowRank($0, rank: 1) } }
  }

  @Test func othersTakeTheirPlace() {
    let net = Generator(seed: 0).withDefault { Net() }
    let x = Tensor([[1.0, -2, 3]])
    let weights = net.stateDict()
    let before = net(x)
    var names: [String] = []
    net.replace { name, module in
      names.append(name)
      return (module as? Linear).map { LowRank($0, rank: 1) }
    }
    #expect(names == ["hidden", "blocks.0", "blocks.1", "head", "head.0", "head.1"])
    #expect(
      Array(net.namedParameters().keys.prefix(4))
        == ["hidden.a", "hidden.b", "hidden.base.weight", "hidden.base.bias"])
    #expect(net.parameters().count == 16 && "\(net)".contains("(hidden): LowRank("))

    // Computed by hand.
    func layer(_ x: Tensor, _ name: String) -> Tensor {
      let sum = x.sum(dim: -1, keepDim: true) * 0.125
      return x.linear(weights["\(name).weight"]!, bias: weights["\(name).bias"]) + sum
    }
    let inner = layer(layer(layer(x, "hidden"), "blocks.0"), "blocks.1")
    #expect(net(x).allclose(layer(inner.relu(), "head.1")) && !net(x).allclose(before))

    // Gradients, and calls from elsewhere, reach the new modules.
    net(x).sum().backward()
    #expect(net.parameters().allSatisfy { $0.grad != nil })
    #expect(net.hidden(x).allclose(layer(x, "hidden")))
    let identity = Identity()
    net.replace { _, module in module is LowRank ? identity : nil }
    #expect(net.hidden(x) === x && net.parameters().isEmpty)
  }

  @Test func onceIsEnoughForASharedOne() {
    let shared = Linear(2, 2)
    let net = Sequential(shared, shared)
    var asked = 0
    net.replace { _, _ in
      asked += 1
      return Identity()
    }
    #expect(asked == 1 && net[0] === net[1] && net[0] is Identity)
  }

  @Test func theyAreSavedAndCopied() throws {
    Module.register(LowRank.self, Net.self)
    let net = withLowRanks()
    let copy = try Module.make(net.structure(), state: net.stateDict())
    let x = Tensor([[1.0, -2, 3]])
    #expect("\(copy)" == "\(net)" && copy(x).equal(net(x)))
  }

  @Test func nothingIsKeptAlive() {
    weak var gone: Module?
    weak var old: Module?
    do {
      let net = withLowRanks()
      (gone, old) = (net.namedChildren()[0].module, net.hidden)
      #expect(gone is LowRank && old is Linear)
    }
    #expect(gone == nil && old == nil)
  }

  @Test func severalInputsCannotBeReplacedInProperties() async {
    await expectMessage(
      "replaced by a Identity, but only a module that is called with a single tensor can be replaced like this",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        final class Attending: Module {
          let attention = MultiheadAttention(2, 1)
          override func forward(_ x: Tensor) -> Tensor { attention(x, x, x).output }
        }
        let model = Attending()
        model.replace { _, module in module is MultiheadAttention ? Identity() : nil }
        _ = model(Tensor.zeros([1, 1, 2]))
      })
  }

  @Test func layersAreExtended() {
    final class Doubled: Linear {
      override func forward(_ x: Tensor) -> Tensor { super.forward(x) * 2 }
    }
    final class Padded: Conv2d {
      let border: Int
      init(border: Int) {
        self.border = border
        super.init(1, 2, kernelSize: [3, 3])
      }
      override func forward(_ x: Tensor) -> Tensor {
        super.forward(x.pad([border, border, border, border], mode: .reflect))
      }
    }
    let (plain, doubled) = (Linear(3, 2), Doubled(3, 2))
    doubled.weight = plain.weight
    doubled.bias = plain.bias
    let x = Tensor([[1.0, 2, 3]])
    #expect(doubled(x).equal(plain(x) * 2))
    #expect(Padded(border: 1)(Tensor.zeros([1, 1, 4, 4])).shape == [1, 2, 4, 4])
    #expect(Sequential(doubled).namedParameters().keys == ["0.weight", "0.bias"])
  }
}
