import Foundation
import Serialization
import Testing

/// A folder for one test, gone with it.
private final class Folder {
  let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appending(path: name).path }
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] }
}

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
    let tensor = Tensor([0, 1, 1, 0], dtype: dtype)
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

  @Test func truncatedFilesThrow() throws {
    let folder = try Folder()
    try save(state, to: folder.path("x.h5"))
    let bytes = try Data(contentsOf: folder.url.appending(path: "x.h5"))
    for count in stride(from: 0, to: bytes.count, by: 97) {
      try bytes.prefix(count).write(to: folder.url.appending(path: "cut.h5"))
      #expect(throws: SerializationError.self) { try load(folder.path("cut.h5")) }
    }
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
