import Foundation
import Serialization
import Testing

/// Files of other libraries, and files for them.
@Suite struct InteropTests {
  @Test(arguments: [
    "all.pt", "views.pt", "module.pt", "parameter.pt", "nested.pt", "all.safetensors", "h5py.h5",
    "all.npz",
  ])
  func whatOthersWrote(name: String) throws {
    let expected = try #require(Golden.expected()[name])
    let loaded = try load(Golden.path(name))
    #expect(Set(loaded.keys) == Set(expected.map(\.key)))
    // PyTorch and NumPy keep the order; safetensors has its own, and h5py's file stores none.
    if name.hasSuffix("pt") || name.hasSuffix("npz") {
      #expect(Array(loaded.keys) == expected.map(\.key))
    }
    for entry in expected { #expect(entry.matches(loaded[entry.key]), "\(entry.key)") }
    let summary = try inspect(Golden.path(name))
    #expect(summary.entries.map(\.key) == Array(loaded.keys))
    #expect(summary.entries.allSatisfy { loaded[$0.key]?.shape == $0.shape })
    #expect(summary.entries.allSatisfy { loaded[$0.key]?.dtype == $0.dtype })
  }

  @Test func sharedStoragesComeBackApart() throws {
    let loaded = try load(Golden.path("views.pt"))
    loaded["whole"]![3] = Tensor(100.0)
    #expect(loaded["part"]![0].item() == 3)
  }

  private static let all = Result {
    StateDict(
      uniqueKeysWithValues: try Golden.expected()["all.pt"]!.map { entry in
        (entry.key, try Tensor(entry.values, shape: entry.shape, dtype: DType(entry.dtype)!))
      })
  }

  /// check_files.py reads these in Python.
  @Test(arguments: ["all.h5", "packed.h5", "all.safetensors", "all.pt", "all.npz", "packed.npz"])
  func whatIsWrittenForOthers(name: String) throws {
    let folder = try Folder()
    var state = try Self.all.get()
    if name.hasSuffix("npz") { state["dtypes.bfloat16"] = nil }
    let hasMetadata = name.hasSuffix("h5") || name.hasSuffix("safetensors")
    try save(
      state, to: folder.path(name), compression: name.hasPrefix("packed") ? 6 : 0,
      metadata: hasMetadata ? ["note": "of \"all\" dtypes"] : [:])
    #expect(areEqual(try load(folder.path(name)), state))
    let written = try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
    let golden = URL(fileURLWithPath: Golden.path("written/\(name)"))
    if ProcessInfo.processInfo.environment["FLAMBEAU_WRITE_GOLDEN"] != nil {
      try written.write(to: golden)
    }
    // Compressed data depends on the version of zlib.
    if !name.hasPrefix("packed") { #expect(try written == Data(contentsOf: golden)) }
    #expect(areEqual(try load(golden.path), state))
  }

  @Test func anEarlierVersion() throws {
    let loaded = try load(Golden.path("version 1.h5"))
    #expect(
      Array(loaded.keys)
        == ["layers.1.weight", "layers.0.weight", "layers.0.bias", "empty"]
        + DType.allCases.map { "dtypes.\($0)" })
    #expect(loaded["layers.1.weight"]!.equal(Tensor.arange(6).reshape(2, 3).to(.float32).T))
    for dtype in DType.allCases {
      #expect(loaded["dtypes.\(dtype)"]!.equal(Tensor([0, 1, 1, 0], dtype: dtype)))
    }
  }

  // MARK: Rejected files

  private func message(_ name: String) -> String {
    let error = #expect(throws: SerializationError.self) { try load(Golden.path(name)) }
    return (error?.localizedDescription ?? "")
      .replacing(Golden.path(name), with: name)
  }

  @Test func picklesThatCallFunctions() {
    try? FileManager.default.removeItem(atPath: "/tmp/flambeau-harm")
    #expect(
      message("system.pt")
        == "system.pt is refused: it asks for posix.system, which no checkpoint needs")
    #expect(
      message("eval.pt")
        == "eval.pt is refused: it asks for __builtin__.eval, which no checkpoint needs"
        || message("eval.pt").contains("builtins.eval"))
    #expect(!FileManager.default.fileExists(atPath: "/tmp/flambeau-harm"))
  }

  @Test func otherThanStateDicts() throws {
    #expect(try load(Golden.path("with a number.pt")).keys == ["weight"])
    #expect(
      message("tensor.pt")
        == "tensor.pt holds no state dict: it is a single tensor; loadValue(_:) reads it")
  }

  @Test func whatLeadsOutOfTheFile() {
    #expect(message("links.h5") == "links.h5 is refused: “outside” is a link to another file")
    #expect(
      message("external data.h5")
        == "external data.h5 is refused: “x”: its data is in other files")
    #expect(
      message("circle.h5")
        == "circle.h5 is refused: the group “a.again” contains itself")
  }

  @Test func bombs() {
    #expect(
      message("bomb.npz")
        == "bomb.npz is damaged: x.npy: its header says [1000000000000] of float64, more than the "
        + "file can hold")
  }
}
