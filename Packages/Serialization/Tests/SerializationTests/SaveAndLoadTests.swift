import Foundation
import Serialization
import Testing

@Suite struct SaveAndLoadTests {
  private let state: StateDict = [
    "layers.1.weight": Tensor.arange(6).reshape(2, 3).to(.float32).T,
    "layers.0.weight": Tensor([1.5, -2.5]),
    "layers.0.bias": Tensor(7.25),
    "empty": .zeros([0, 3]),
    "a.b.c": Tensor([1, -2, 3]),
  ]

  @Test func everythingComesBack() throws {
    let folder = try Folder()
    try save(state, to: folder.path("model.h5"))
    let loaded = try load(folder.path("model.h5"))
    #expect(loaded.keys == state.keys, "in the same order")
    for (name, tensor) in state {
      let other = try #require(loaded[name])
      #expect(other.shape == tensor.shape && other.dtype == tensor.dtype && other.equal(tensor))
    }
    #expect(folder.names == ["model.h5"], "nothing else is left")
  }

  @Test(arguments: DType.allCases)
  func everyDtypeComesBack(dtype: DType) throws {
    let folder = try Folder()
    let tensor = Tensor([[0, 1, 2], [3, 4, 0]], dtype: dtype)
    try save(["x": tensor], to: folder.path("x.h5"))
    let loaded = try #require(try load(folder.path("x.h5"))["x"])
    #expect(loaded.dtype == dtype && loaded.equal(tensor))
  }

  @Test func parametersAreSavedWithoutTheirGradients() throws {
    let folder = try Folder()
    try save(["w": Tensor([1.0, 2], requiresGrad: true)], to: folder.path("w.h5"))
    #expect(try load(folder.path("w.h5"))["w"]?.requiresGrad == false)
  }

  @Test func anEmptyDictIsAStateDict() throws {
    let folder = try Folder()
    try save([:], to: folder.path("x.h5"))
    #expect(try load(folder.path("x.h5")).isEmpty)
  }

  @Test func savingReplacesAndFailingKeeps() throws {
    let folder = try Folder()
    let path = folder.path("x.h5")
    try save(["x": Tensor([1.0])], to: path)
    try save(["x": Tensor([2.0])], to: path)
    #expect(try load(path)["x"]?.item() == 2)
    for key in ["a..b", "", ".x", "a/b"] {
      #expect(throws: SerializationError.invalidKey(key)) { try save([key: Tensor(1.0)], to: path) }
    }
    // A key that is both a tensor and a group.
    #expect(throws: SerializationError.self) {
      try save(["a": Tensor(1.0), "a.b": Tensor(2.0)], to: path)
    }
    #expect(try load(path)["x"]?.item() == 2)
    #expect(folder.names == ["x.h5"])
    #expect(throws: SerializationError.self) { try save(state, to: folder.path("no/x.h5")) }
  }

  @Test func whatIsNoStateDictThrows() throws {
    let folder = try Folder()
    let missing = #expect(throws: SerializationError.self) { try load(folder.path("none.h5")) }
    #expect(missing?.localizedDescription.contains("No such file") == true)

    try Data("not HDF5".utf8).write(to: folder.url.appending(path: "text.h5"))
    let text = #expect(throws: SerializationError.self) { try load(folder.path("text.h5")) }
    #expect(text?.localizedDescription.contains("holds no state dict") == true)
    #expect(throws: SerializationError.self) { try load(folder.url.path) }
  }

  @Test func largeTensorsAreMapped() throws {
    for format in [FileFormat.hdf5, .safetensors] {
      let folder = try Folder()
      let path = folder.path("large.\(format)")
      let large = Tensor.randn([300, 1000])
      try save(["large": large, "small": Tensor([1, 2])], to: path, format: format)
      let loaded = try #require(try load(path, format: format)["large"])
      // The file may be replaced or removed; writes to the tensor stay in memory.
      try save(["large": large * 2], to: path, format: format)
      #expect(loaded.equal(large))
      loaded[0] = Tensor(5.0)
      #expect(loaded[0].equal(.full([1000], 5.0)) && loaded[1].equal(large[1]))
      try FileManager.default.removeItem(atPath: path)
      #expect(loaded[299].equal(large[299]))
    }
  }

  @Test(arguments: FileFormat.allCases)
  func someKeys(format: FileFormat) throws {
    let folder = try Folder()
    let path = folder.path("x")
    try save(state, to: path, format: format)
    let some = try load(path, format: format, keys: ["layers.0.bias", "empty"])
    #expect(some.keys == ["layers.0.bias", "empty"] && some["empty"]?.shape == [0, 3])
    let missing = #expect(throws: SerializationError.self) {
      try load(path, format: format, keys: ["empty", "none"])
    }
    #expect(
      missing?.localizedDescription == "\(path) holds no state dict: there is no “none” in it")
  }

  @Test func dictionariesAreSorted() throws {
    let folder = try Folder()
    let tensors: [String: Tensor] = ["c": Tensor(3), "a": Tensor(1), "b": Tensor(2)]
    try save(tensors, to: folder.path("x.pt"))
    #expect(try load(folder.path("x.pt")).keys == ["a", "b", "c"])
  }

  @Test func formatsByExtensionOrBeginning() throws {
    let folder = try Folder()
    for (name, format) in [
      "x.h5": FileFormat.hdf5, "x.HDF5": .hdf5, "x.safetensors": .safetensors, "x.pth": .pytorch,
      "x.npz": .npz,
    ] {
      #expect(FileFormat(path: name) == format)
      try save(["x": Tensor([1.5])], to: folder.path(name))
      #expect(try load(folder.path(name))["x"]?.item() == 1.5)
    }
    #expect(throws: SerializationError.unknownFormat(path: "model.bin")) {
      try save(state, to: "model.bin")
    }
    for format in [FileFormat.hdf5, .safetensors, .pytorch] {
      try save(state, to: folder.path("model.bin"), format: format)
      #expect(areEqual(try load(folder.path("model.bin")), state))
    }
    try Data("a,b\n".utf8).write(to: folder.url.appending(path: "x.csv"))
    let other = #expect(throws: SerializationError.self) { try load(folder.path("x.csv")) }
    #expect(
      other?.localizedDescription.contains("neither its extension nor its first bytes") == true)
  }

  @Test func whatAFormatCannotHold() throws {
    let folder = try Folder()
    func message(_ body: () throws -> Void) -> String {
      let error = #expect(throws: SerializationError.self) { try body() }
      return (error?.localizedDescription ?? "").replacing(folder.url.path + "/", with: "")
    }
    #expect(
      message { try save(["x": Tensor([1.0], dtype: .bfloat16)], to: folder.path("x.npz")) }
        == "cannot write x.npz: NumPy has no bfloat16; convert it first")
    #expect(
      message { try save(state, to: folder.path("x.pt"), compression: 3) }
        == "cannot write x.pt: pytorch has no compression 3")
    #expect(
      message { try save(state, to: folder.path("x.npz"), metadata: ["a": "b"]) }
        == "cannot write x.npz: npz has no metadata")
    #expect(
      message { try save(["__metadata__.x": Tensor(1)], to: folder.path("x.h5")) }
        .contains("the key “__metadata__.x” cannot be saved"))
    #expect(folder.names.isEmpty)
  }

  @Test func threadsSaveAndLoadAtOnce() async throws {
    let folder = try Folder()
    let paths = (0..<16).map { folder.path("\($0).h5") }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for (index, path) in paths.enumerated() {
        group.addTask {
          try save(["x": Tensor(Double(index))], to: path)
          return try load(path)["x"]?.item() == Double(index)
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}
