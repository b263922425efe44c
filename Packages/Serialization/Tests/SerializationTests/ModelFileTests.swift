import Foundation
import ModelFiles
import Testing

/// A custom block around any module.
private final class Residual: Module, Rebuildable {
  let inner: Module
  let weight: Double

  init(_ inner: Module, weight: Double = 1) {
    (self.inner, self.weight) = (inner, weight)
    super.init()
  }

  override var arguments: ModuleArguments { ["weight": weight] }

  convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments.module("inner"), weight: try arguments["weight"])
  }

  override func forward(_ x: Tensor) -> Tensor { x + inner(x) * weight }
}

private final class Unregistered: Module {
  let linear = Linear(2, 2)
  override func forward(_ x: Tensor) -> Tensor { linear(x) }
}

private func classifier() -> Sequential {
  Sequential([
    "conv": Conv2d(1, 4, kernelSize: 3, padding: 1), "norm": BatchNorm2d(4), "relu": ReLU(),
    "pool": MaxPool2d(2), "flat": Flatten(), "drop": Dropout(0.3),
    "heads": Sequential(Linear(64, 8), GELU(approximate: .tanh), Linear(8, 3)),
  ])
}

@Suite struct ModelFileTests {
  @Test(arguments: ["model.h5", "model.safetensors"])
  func aModelComesBackWithoutTheCodeThatBuiltIt(name: String) throws {
    let folder = try Folder()
    let model = classifier()
    let x = Tensor.randn([5, 1, 8, 8])
    _ = model(x)
    model.eval()
    try saveModel(model, to: folder.path(name), metadata: ["note": "of a test"])
    let other = try loadModel(folder.path(name))
    #expect(other.description == model.description)
    #expect(noGrad { other(x) }.equal(noGrad { model(x) }))
    #expect(try inspect(folder.path(name)).metadata["note"] == "of a test")
    #expect(try modelStructure(folder.path(name)) == model.structure())

    // Training continues as for the first model.
    for model in [model, other] {
      model.train()
      // Dropout would draw from the default generator, which all tests share.
      for case let dropout as Dropout in model.modules() { dropout.eval() }
      let optimizer = SGD(model.parameters(), lr: 0.1)
      for _ in 1...3 {
        let loss = model(x).pow(2).mean()
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
      }
    }
    #expect(areEqual(other.stateDict(), model.stateDict()))

    // It is also a valid state dict file.
    try classifier().loadStateDict(load(folder.path(name)))
  }

  @Test func compressed() throws {
    let folder = try Folder()
    let model = classifier().to(.float64)
    try saveModel(model, to: folder.path("model.h5"), compression: 6)
    let other: Sequential = try loadModel(folder.path("model.h5"))
    #expect(areEqual(other.stateDict(), model.stateDict()))
  }

  @Test func classesOfOnesOwn() throws {
    Module.register(Residual.self)
    let folder = try Folder()
    let model = Residual(Sequential(Linear(2, 2), Residual(Linear(2, 2), weight: 0.5)))
    try saveModel(model, to: folder.path("own.h5"))
    let other: Residual = try loadModel(folder.path("own.h5"))
    let x = Tensor.randn([3, 2])
    #expect(other(x).equal(model(x)))
    let error = #expect(throws: SerializationError.self) {
      try loadModel(folder.path("own.h5"), as: Sequential.self)
    }
    #expect(
      error?.localizedDescription
        == "\(folder.path("own.h5")) holds no model that can be loaded: it is a Residual, not a Sequential"
    )
  }

  @Test func whatCannotBeSaved() throws {
    let folder = try Folder()
    let path = folder.path("model.h5")
    let error = #expect(throws: SerializationError.self) {
      try saveModel(Sequential(ReLU(), Unregistered()), to: path)
    }
    #expect(
      error?.localizedDescription
        == "cannot write \(path): 1 is a Unregistered, a class that is not registered: make it conform "
        + "to Rebuildable and call Module.register(Unregistered.self)")
    #expect(throws: SerializationError.invalidKey("model_structure")) {
      try saveModel(ReLU(), to: path, metadata: ["model_structure": ""])
    }
    #expect(throws: SerializationError.self) { try saveModel(ReLU(), to: folder.path("model.pt")) }
    #expect(folder.names.isEmpty)
  }

  @Test func whatHoldsNoModel() throws {
    let folder = try Folder()
    let path = folder.path("model.h5")
    func message(_ metadata: [String: String]) throws -> String? {
      try save(Linear(2, 3).stateDict(), to: path, metadata: metadata)
      let error = #expect(throws: SerializationError.self) { try loadModel(path) }
      return error?.localizedDescription.replacing(path, with: "path")
    }
    #expect(
      try message([:])
        == "path holds no model that can be loaded: there are only tensors in it; load them with load(_:)"
    )
    #expect(
      try message(["model_structure": "{]"])
        == "path holds no model that can be loaded: its structure cannot be read")
    let text = String(
      decoding: try JSONEncoder().encode(Linear(2, 4).structure()), as: UTF8.self)
    #expect(
      try message(["model_structure": text])
        == "path holds no model that can be loaded: the state dict does not match the model: "
        + "weight has shape [3, 2], the model's [4, 2]; bias has shape [3], the model's [4]")
    // Nested deeper than any model.
    let deep = String(repeating: "{\"children\":[", count: 100_000)
    #expect(try message(["model_structure": deep]) != nil)
    #expect(
      try message(["model_structure": text.replacing("Linear", with: "Process")])
        == "path holds no model that can be loaded: the model is a Process, a class that is not "
        + "registered: make it conform to Rebuildable and call Module.register(Process.self)")
  }

  /// Files of each version are kept here permanently.
  @Test func anEarlierVersion() throws {
    let path = Golden.path("model 2.h5")
    let model = Generator(seed: 0).withDefault { classifier() }.eval()
    if ProcessInfo.processInfo.environment["FLAMBEAU_WRITE_GOLDEN"] != nil {
      try saveModel(model, to: path)
    }
    let loaded = try loadModel(path)
    #expect(loaded.description == model.description && !loaded.isTraining)
    let x = Tensor.arange(64).reshape(1, 1, 8, 8) / 64
    #expect(noGrad { loaded(x).allclose(model(x)) })
  }

  /// Damaged bytes give an error or the right model.
  @Test(arguments: ["model.h5", "model.safetensors"])
  func damage(name: String) throws {
    let folder = try Folder()
    let model = Sequential(Linear(3, 4), Tanh(), Linear(4, 1))
    try saveModel(model, to: folder.path(name))
    let url = folder.url.appending(path: name)
    let bytes = [UInt8](try Data(contentsOf: url))
    var generator = SystemRandomNumberGenerator()
    var errors = 0
    for _ in 0..<10_000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        changed[Int.random(in: changed.indices, using: &generator)] = .random(in: 0...255)
      }
      if Bool.random() { changed.removeLast(Int.random(in: 0..<changed.count)) }
      try Data(changed).write(to: url)
      do {
        let loaded = try loadModel(folder.path(name))
        #expect(loaded.description == model.description)
        #expect(areEqual(loaded.stateDict(), model.stateDict()))
      } catch is SerializationError {
        errors += 1
      }
    }
    #expect(errors > 5000)
  }
}
