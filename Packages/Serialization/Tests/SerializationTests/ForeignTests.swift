import Foundation
import ModelFiles
import Serialization
import Testing

/// Typical files written by other programs.
@Suite struct ForeignTests {
  private static func path(_ name: String) -> String { Golden.path("foreign/\(name)") }

  private static func expected(_ name: String) throws -> [Golden.Entry] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path("expected.json")))
    return try #require(JSONDecoder().decode([String: [Golden.Entry]].self, from: data)[name])
  }

  private func message(_ name: String, keys: Set<String>? = nil) -> String {
    let error = #expect(throws: SerializationError.self) {
      try load(Self.path(name), keys: keys)
    }
    return (error?.localizedDescription ?? "").replacing(Self.path(name), with: name)
  }

  @Test(arguments: [
    "legacy.pth", "legacy 1.pth", "legacy 4.pth", "adamw.pth", "negative.pt", "unsigned.pt",
    "big-endian.pt",
    "matlab.mat", "keras.weights.h5", "unsigned.safetensors",
  ])
  func tensors(name: String) throws {
    let expected = try Self.expected(name)
    let loaded = try load(Self.path(name))
    for entry in expected { #expect(entry.matches(loaded[entry.key]), "\(entry.key)") }
    let known = Set(expected.map(\.key))
    #expect(
      loaded.keys.allSatisfy {
        known.contains($0) || $0.hasPrefix("optimizer_state_dict.") || $0.hasPrefix("1.nested.")
      })
    let summary = try inspect(Self.path(name))
    #expect(summary.entries.map(\.key) == Array(loaded.keys))
    #expect(summary.entries.allSatisfy { loaded[$0.key]?.shape == $0.shape })
    #expect(summary.entries.allSatisfy { loaded[$0.key]?.dtype == $0.dtype })
  }

  // MARK: PyTorch

  @Test(arguments: ["adamw.pth", "legacy checkpoint.pth"])
  func wholeCheckpoints(name: String) throws {
    let saved = try loadValue(Self.path(name))
    #expect(saved["epoch"]?.int == 3 && saved["epoch"]?.double == 3)
    #expect(saved["best"]?.double == 0.5 && saved["name"]?.string == "net")
    guard case .none? = saved["none"] else { fatalError("none") }
    #expect(saved["flags"]?[0]?.bool == true && saved["flags"]?[1]?.bool == false)
    #expect(saved["pair"]?[1]?[0]?.string == "two" && saved["pair"]?[1]?[1]?.int == 1 << 40)
    #expect(saved["negative"]?.int == -(1 << 40))
    guard case .bytes([0, 0xFF])? = saved["bytes"], case .other("torch.float16")? = saved["dtype"],
      case .other("torch.device")? = saved["device"]
    else {
      Issue.record("\(saved["bytes"] as Any) \(saved["dtype"] as Any) \(saved["device"] as Any)")
      return
    }
    #expect(saved["size"]?.elements?.compactMap(\.int) == [2, 3])
    #expect(saved["numpy"]?.double == 1.5 && saved["numpy32"]?.int == -7)
    #expect(saved["args"]?["lr"]?.double == 0.1)
    #expect(saved["1"]?["nested"]?[1]?["deeper"]?.tensor?.shape == [1])
    #expect(saved["none"]?["x"] == nil && saved["name"]?[0] == nil && saved["flags"]?[2] == nil)
    for entry in try Self.expected(name) {
      let key = entry.key.dropFirst("model_state_dict.".count)
      #expect(entry.matches(saved["model_state_dict"]?.stateDict[String(key)]))
      #expect(entry.matches(saved.stateDict[entry.key]))
    }
  }

  /// Training continues in Flambeau as in PyTorch.
  @Test(arguments: ["adamw", "sgd", "rmsprop", "adagrad"])
  func optimizers(name: String) throws {
    let saved = try loadValue(Self.path("\(name).pth"))
    let model = Sequential(Linear(3, 4), Tanh(), Linear(4, 1))
    try model.loadStateDict(saved["model_state_dict"]?.stateDict ?? [:])
    let parameters = model.parameters()
    let optimizer: Optimizer =
      switch name {
      case "adamw": AdamW(parameters, lr: 1, betas: (0.8, 0.99))
      case "sgd": SGD(parameters, lr: 1, momentum: 0.1)
      case "rmsprop": RMSprop(parameters, lr: 1)
      default: Adagrad(parameters, lr: 1)
      }
    try optimizer.loadStateDict(try #require(saved["optimizer_state_dict"]?.optimizerState))
    let x = Tensor.arange(15).to(.float32).reshape(5, 3) / 10
    for _ in 0..<2 {
      optimizer.zeroGrad()
      model(x).square().mean().backward()
      optimizer.step()
    }
    let state = model.stateDict()
    for entry in try Self.expected("\(name) later") {
      let found = try #require(state[entry.key]).scalars(as: Double.self)
      #expect(zip(found, entry.values).allSatisfy { abs($0 - $1) < 1e-5 }, "\(entry.key)")
    }
    #expect(saved["model_state_dict"]?.optimizerState == nil)
  }

  @Test func theFirstOfTwoWithOnePath() {
    let (first, second) = (Tensor([1.0]), Tensor([2.0]))
    let value = SavedValue.dictionary([
      "a.b": .tensor(first), "a": .dictionary(["b": .tensor(second)]),
    ])
    #expect(value.stateDict.count == 1 && value.stateDict["a.b"] === first)
  }

  @Test func tensorsThatThereAreNoneOf() throws {
    for (name, reason) in [
      ("sparse", "it is sparse"), ("csr", "it is sparse"), ("quantised", "it is quantized"),
      ("complex", "it is complex"), ("conjugate", "it is complex"),
      ("float8", "it has the dtype float8_e4m3fn"), ("nested", "it is a nested tensor"),
      ("meta", "it is on the device “meta”, without data"),
    ] {
      #expect(
        message("\(name).pt") == "\(name).pt, “deep.x”: \(reason), which is not supported",
        "\(name)")
      #expect(try load(Self.path("\(name).pt"), keys: ["fine"]).keys == ["fine"])
      let summary = try inspect(Self.path("\(name).pt"))
      #expect(summary.entries.map(\.key) == ["fine"])
      #expect(summary.others.map(\.key) == ["deep.x"] && summary.others[0].reason == reason)
    }
    #expect(
      message("too large.pt")
        == "too large.pt: archive/data/0: it holds the number 18446744073709551615, which does "
        + "not fit into int64" || message("too large.pt").contains("does not fit into int64"))
    #expect(try load(Self.path("too large.pt"), keys: ["fine"])["fine"]?.numel == 2)
    #expect(
      message("script.pt")
        == "script.pt: it is a TorchScript program; save its state_dict() with torch.save")
    #expect(message("whole model.pt").contains("is a whole model's; save its state_dict()"))
    #expect(
      message("no tensors.pt") == "no tensors.pt holds no state dict: there are no tensors in it")
  }

  @Test func textualPickles() throws {
    let old = try loadValue(Self.path("protocol 1.pt"))
    #expect(old["epoch"]?.int == 3 && old["negative"]?.int == -(1 << 40))
    #expect(old["flags"]?[0]?.bool == true && old["flags"]?[1]?.bool == false)
    guard case .other("an integer of more than 64 bits")? = old["large"] else {
      Issue.record("\(old["large"] as Any)")
      return
    }
    for name in ["protocol 0.pt", "legacy 0.pth"] {
      #expect(
        message(name)
          == "\(name) holds no state dict: it uses pickle protocol 0, with which PyTorch itself "
          + "reads no tensors; save it with a later one")
    }
  }

  @Test func tiedTensorsComeBackApart() throws {
    let tied = try load(Self.path("tied.pt"))
    tied["one"]![0, 0] = Tensor(5.0)
    #expect(tied["other"]![0, 0].item() == 1)
    let list = try load(Self.path("list.pt"))
    #expect(Array(list.keys) == ["0", "1.x"] && list["1.x"]?.item() == 0)
    #expect(try loadValue(Golden.path("tensor.pt")).tensor?.shape == [2])
  }

  // MARK: HDF5, NumPy, safetensors

  @Test(arguments: ["mixed.h5", "pytables.h5", "mixed.npz"])
  func keysLeaveOutWhatIsBeside(name: String) throws {
    let expected = try Self.expected(name)
    let loaded = try load(Self.path(name), keys: Set(expected.map(\.key)))
    #expect(loaded.count == expected.count)
    for entry in expected { #expect(entry.matches(loaded[entry.key]), "\(entry.key)") }
    #expect(throws: SerializationError.self) { try load(Self.path(name)) }
    let summary = try inspect(Self.path(name))
    #expect(Set(summary.entries.map(\.key)).isSuperset(of: expected.map(\.key)))
    #expect(!summary.others.isEmpty)
  }

  @Test func whatIsNoTensorIsNamed() throws {
    for (key, reason) in [
      ("text", "mixed.h5, “text”: it holds text, which tensors cannot hold"),
      (
        "compound",
        "mixed.h5, “compound”: it holds a compound of 2 members, which tensors cannot hold"
      ),
      ("null", "mixed.h5, “null”: it was made without any elements"),
      ("reference", "mixed.h5, “reference”: it holds references, which tensors cannot hold"),
      (
        "float128",
        "mixed.h5, “float128”: it holds numbers of 16 bytes, which tensors cannot hold"
      ),
      ("nowhere", "mixed.h5 is refused: “nowhere” is a link to something that is not in the file"),
      ("outside", "mixed.h5 is refused: “outside” is a link to another file"),
      ("through", "mixed.h5 is refused: “through” is a link to something that is not in the file"),
      ("type", "mixed.h5 holds no state dict: there is no “type” in it"),
    ] { #expect(message("mixed.h5", keys: [key]) == reason) }
    #expect(message("mixed.h5", keys: ["large"]).contains("does not fit into int64"))
    #expect(message("mixed.npz", keys: ["complex"]).contains("its type “<c8” is not supported"))
    #expect(
      message("others.safetensors")
        == "others.safetensors, “eight”: its type “F8_E4M3” is not supported")
    #expect(try load(Self.path("others.safetensors"), keys: ["fine"])["fine"]?.item() == 0)
    #expect(
      try inspect(Self.path("others.safetensors")).others.map(\.key).sorted()
        == ["complex", "eight"])
  }

  @Test func largeDatasetsInChunks() throws {
    let state = try load(Self.path("chunks.h5"))
    #expect(state["x"]?.equal(Tensor.arange(20_000).reshape(100, 200).to(.int32)) == true)
    let gaps = Tensor.full([200, 200], 2)
    gaps[50] = Tensor(1.0)
    #expect(state["gaps"]?.equal(gaps) == true)
    #expect(state["unwritten"]?.equal(.zeros([200, 200])) == true)
  }

  @Test func namesThatDifferInHowLettersAreComposed() throws {
    #expect(message("composed.npz").contains("differ only in how the letters of “é” are composed"))
    for name in ["composed.h5", "composed.pt", "composed.safetensors", "twice.safetensors"] {
      let key = name == "twice.safetensors" ? "x" : name == "composed.h5" ? "é.x" : "é"
      #expect(
        message(name)
          == "\(name): two tensors have the key “\(key)”, or keys that differ only in how letters are "
          + "composed")
    }
    // Names that differ only in Unicode normalization are distinct groups.
    let folder = try Folder()
    let keys = ["e\u{301}.x", "\u{E9}.y"]
    try save([keys[0]: Tensor(1), keys[1]: Tensor(2)], to: folder.path("x.h5"))
    let loaded = try load(folder.path("x.h5"))
    #expect(loaded.keys.map { Array($0.utf8) } == keys.map { Array($0.utf8) })
    try save([keys[0]: Tensor(1), keys[1]: Tensor(2)], to: folder.path("p.h5"), compression: 1)
    #expect(try load(folder.path("p.h5"))[keys[1]]?.item() == 2)
  }
}
