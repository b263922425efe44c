import Foundation
import NN
import Testing

/// A custom class with a number, a module that is passed to its initializer, and one that it
/// creates.
private final class Gate: Module, Rebuildable {
  let width: Int
  let scale: Double
  let inner: Module
  let gate: Linear

  init(_ width: Int, scale: Double = 1, inner: Module) {
    (self.width, self.scale, self.inner) = (width, scale, inner)
    gate = Linear(width, width)
    super.init()
  }

  override var arguments: ModuleArguments { ["width": width, "scale": scale] }

  convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["width"], scale: try arguments["scale"], inner: try arguments.module("inner"))
  }

  override func forward(_ x: Tensor) -> Tensor { inner(x) * gate(x).sigmoid() * scale }
}

private final class Unknown: Module {
  override func forward(_ x: Tensor) -> Tensor { x }
}

/// Claims to have no arguments, which is false.
private final class Forgetful: Module, Rebuildable {
  var head: Linear
  init(_ width: Int) {
    head = Linear(width, 1)
    super.init()
  }
  convenience init(arguments: ModuleArguments) throws { self.init(2) }
}

/// Two layers that share their weight.
private final class Tied: Module, Rebuildable {
  let embedding = Embedding(5, 3)
  let head = Linear(3, 5, bias: false)
  override init() {
    super.init()
    head.weight = embedding.weight
  }
  convenience init(arguments: ModuleArguments) throws { self.init() }
  override func forward(_ x: Tensor) -> Tensor { head(embedding(x)) }
}

/// Modules of the library that are missing from the table of golden layers.
private func otherModules() -> [Module] {
  [

    Identity(), Dropout(0.25), Dropout2d(), Padding([1, 2], mode: .reflect),
    Padding([1, 2], value: -.infinity),
    PositionalEncoding(4, maxLength: 3), RotaryEmbedding(4, maxLength: 3, base: 100),
    Sequential(["a": ReLU(), "b": Linear(1, 2)]), ModuleList([Tanh(), Linear(2, 1)]),
    ModuleDict(["x": Tanh(), "y": Linear(1, 1)]), L1Loss(reduction: .sum), MSELoss(),
    SmoothL1Loss(beta: 0.5), HuberLoss(delta: 2),
    CrossEntropyLoss(weight: Tensor([1.0, 2]), ignoreIndex: 1, labelSmoothing: 0.1), NLLLoss(),
    BCELoss(), BCEWithLogitsLoss(posWeight: Tensor([3.0])), KLDivLoss(logTarget: true),
    HingeEmbeddingLoss(margin: 2), TripletMarginLoss(margin: 2, p: 1, swap: true),
    CosineEmbeddingLoss(margin: 0.5),
  ]
}

private func copy(_ state: StateDict) -> StateDict { state.mapValues { $0.clone() } }

/// The model rebuilt from its structure in JSON.
private func remade(_ model: Module) throws -> Module {
  let json = try JSONEncoder().encode(model.structure())
  let structure = try JSONDecoder().decode(ModuleStructure.self, from: json)
  #expect(structure == model.structure())
  #expect(structure.description == model.description)
  try structure.check()
  return try Module.make(structure, state: copy(model.stateDict()))
}

private func expectEqual(_ a: Module, _ b: Module) {
  #expect(type(of: a) == type(of: b))
  #expect(a.description == b.description)
  #expect(a.structure() == b.structure())
  let (states, others) = (a.stateDict(), b.stateDict())
  #expect(states.keys == others.keys)
  for (key, tensor) in states { #expect(tensor.equal(others[key]!), "\(key)") }
  let (buffers, otherBuffers) = (a.namedBuffers(), b.namedBuffers())
  for (key, tensor) in buffers { #expect(tensor.equal(otherBuffers[key]!), "\(key)") }
}

@Suite struct StructureTests {
  @Test(arguments: GoldenLayer.all)
  func layersAreMadeAgain(golden: GoldenLayer) throws {
    let layer = try #require(layerCases[golden.name])
    let module = layer.make(Generator(seed: 1)).to(.float64)
    let other = try remade(module)
    expectEqual(module, other)
    let inputs = try golden.inputs.map { try $0.tensor() }
    #expect(layer.use(other, inputs).equal(layer.use(module, inputs)))
  }

  @Test func otherModulesAreMadeAgain() throws {
    for module in otherModules() { expectEqual(module, try remade(module)) }
  }

  /// Finds modules of the library that are missing from `libraryModules`.
  @Test func noModuleIsForgotten() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/NN").standardizedFileURL
    let declaration = /(?m)^(?:public|open) (?:final )?class (\w+)(?:<.*>)?: (\w+)/
    var (classes, bases): (Set<String>, Set<String>) = ([], ["Module"])
    let files = try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var found: [(name: String, base: String)] = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      found += text.matches(of: declaration).map { (String($0.1), String($0.2)) }
    }
    // Subclasses of subclasses, until there are no more.
    while let next = found.firstIndex(where: { bases.contains($0.base) }) {
      let (name, base) = found.remove(at: next)
      bases.insert(name)
      classes.remove(base)
      classes.insert(name)
    }
    classes.insert("Dropout")
    // A function cannot be written to a file.
    classes.remove("Lambda")
    let tested = layerCases.values.map { $0.make(.default) } + otherModules()
    #expect(Set(tested.map { "\(type(of: $0))" }) == classes)
  }

  @Test func functionsAreNotMadeAgain() {
    let error = #expect(throws: ModuleStructureError.self) {
      try remade(Sequential(Linear(1, 1), Lambda { $0.relu() }))
    }
    #expect(error == .unregistered("Lambda", module: "1"))
  }

  @Test func whatTheStateDictDoesNotSay() throws {
    let model = Sequential(
      Linear(2, 3), BatchNorm1d(3), PositionalEncoding(3, maxLength: 4), Dropout(0.5))
    model.to(.float64)
    model[0].requiresGrad(false)
    model[1].eval()
    let generator = Generator(seed: 1)
    let state = generator.state
    let made = try generator.withDefault { try remade(model) }
    #expect(generator.state == state, "making a model draws no numbers")
    let other = try #require(made as? Sequential)
    expectEqual(model, other)
    #expect(other[0].parameters().allSatisfy { !$0.requiresGrad && $0.dtype == .float64 })
    #expect(other.isTraining && !other[1].isTraining)
    #expect(other[2].buffers()[0].dtype == .float64)
  }

  @Test func whatIsSharedStaysShared() throws {
    let shared = Linear(2, 2)
    let model = Sequential(shared, Sequential(ReLU(), shared), Linear(2, 2))
    (model[2] as! Linear).weight = shared.weight
    let other = try #require(try remade(model) as? Sequential)
    expectEqual(model, other)
    #expect(other[0] === (other[1] as! Sequential)[1])
    #expect((other[2] as! Linear).weight === (other[0] as! Linear).weight)
    #expect(other.parameters().count == model.parameters().count)

    Module.register(Tied.self)
    let tied = Tied()
    let otherTied = try #require(try remade(tied) as? Tied)
    #expect(otherTied.head.weight === otherTied.embedding.weight)
    tied.to(.float64)
    #expect(tied.head.weight === tied.embedding.weight, "in another dtype too")
    tied(Tensor([1])).sum().backward()
    #expect(tied.head.weight.grad != nil && tied.parameters().count == 1)
  }

  @Test func classesOfOnesOwn() throws {
    Module.register(Gate.self)
    let model = Sequential(Gate(3, scale: 2, inner: Sequential(Linear(3, 3), Tanh())), Linear(3, 1))
    let other = try remade(model)
    expectEqual(model, other)
    let x = Tensor.randn([4, 3])
    #expect(model(x).equal(other(x)))
    #expect(
      "\(model[0])".hasPrefix("Gate(\n  width=3, scale=2.0\n  (inner): Sequential("),
      "arguments are printed")
  }

  @Test func whatCannotBeMadeAgain() throws {
    let unknown = Sequential(ReLU(), Sequential(["own": Unknown()]))
    #expect(throws: ModuleStructureError.unregistered("Unknown", module: "1.own")) {
      try unknown.structure().check()
    }
    #expect(
      ModuleStructureError.unregistered("Unknown", module: "1.own").localizedDescription
        == "1.own is a Unknown, a class that is not registered: make it conform to Rebuildable and "
        + "call Module.register(Unknown.self)")

    Module.register(Forgetful.self)
    try Forgetful(2).structure().check()
    let error = #expect(throws: ModuleStructureError.self) {
      try Sequential(Forgetful(3)).structure().check()
    }
    #expect(
      error?.localizedDescription
        == "0.head differs from the saved module when it is rebuilt from its arguments: "
        + "Linear(in_features=3, out_features=1, bias=True) became "
        + "Linear(in_features=2, out_features=1, bias=True)")
    let replaced = Forgetful(2)
    replaced.head = Linear(2, 7)
    #expect(throws: ModuleStructureError.self) { try replaced.structure().check() }
  }

  @Test func badStructures() throws {
    let json = String(
      decoding: try JSONEncoder().encode(Sequential(Linear(2, 3)).structure()), as: UTF8.self)
    func check(_ old: String, _ new: String, _ message: String) throws {
      let changed = json.replacing(old, with: new)
      #expect(changed != json)
      let structure = try JSONDecoder().decode(ModuleStructure.self, from: Data(changed.utf8))
      let error = #expect(throws: ModuleStructureError.self) { try structure.check() }
      #expect(error?.localizedDescription == message)
    }
    try check(
      "\"in_features\":2", "\"in_features\":\"two\"",
      "0, a Linear: the argument “in_features” is 'two', expected Int")
    try check(
      "\"in_features\"", "\"features\"",
      "0, a Linear: the argument “in_features” is missing, expected Int")
    try check(
      "\"[3,2]\"".replacing("\"", with: ""), "[2,3]",
      "0 differs from the saved module when it is rebuilt from its arguments: its tensors were "
        + "weight [2, 3], bias [3] and became weight [3, 2], bias [3]")
    let structure = Linear(2, 3).structure()
    #expect(throws: StateDictError.self) { try Module.make(structure, state: [:]) }
  }

  @Test func twoClassesOfOneName() async {
    enum Other {
      final class Linear: Module, Rebuildable {
        convenience init(arguments: ModuleArguments) throws { self.init() }
      }
    }
    Module.register(Other.Linear.self, as: "Other.Linear")
    #expect(Other.Linear().structure().type == "Other.Linear")
    await expectMessage(
      "register the class under another name",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        enum Another {
          final class Linear: Module, Rebuildable {
            convenience init(arguments: ModuleArguments) throws { self.init() }
          }
        }
        Module.register(Another.Linear.self)
      })
  }
}
