import Flambeau
import Foundation
import Testing

/// Runs the `flambeau` command as a user would, with valid and invalid input.
@Suite struct CommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func flambeau(_ arguments: String...) async throws -> ProcessResult {
    try await run(Repository.program("flambeau"), arguments, in: folder.url)
  }

  private func names(in path: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: path).path))
  }

  @Test func itsVersionIsTheChangelogs() async throws {
    #expect(try await flambeau("--version").output == "\(Repository.latestVersion())\n")
  }

  @Test func itTrainsSavesLoadsAndDraws() async throws {
    let result = try await flambeau("--output", "here")
    try #require(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)

    let accuracy = try #require(
      result.output.firstMatch(of: #/test accuracy +([\d.]+) % of 359 digits/#))
    #expect(try #require(Double(accuracy.1)) >= 97)
    #expect(result.output.contains("predicts the same"))
    #expect(result.output.contains("(0): Linear(in_features=64, out_features=128, bias=True)"))
    #expect(result.output.contains("parameters              9610"))

    // Without a terminal, progress is at most ten plain lines.
    let progress = result.output.matches(of: #/(?m)^epoch (\d+)/60  loss/#)
    #expect(progress.map { $0.1 } == stride(from: 6, through: 60, by: 6).map { "\($0)" })
    #expect(!result.output.contains("\u{1B}") && !result.output.contains("\r"))

    let files = try names(in: "here")
    #expect(
      files == ["accuracy.svg", "digits.h5", "loss-graph.png", "loss-graph.svg", "loss.svg"])
    for file in files { #expect(result.output.contains("here/\(file)")) }
    let state = try load(folder.url.appending(path: "here/digits.h5").path)
    #expect(Array(state.keys) == ["0.weight", "0.bias", "2.weight", "2.bias"])
    let graph = try String(
      contentsOf: folder.url.appending(path: "here/loss-graph.svg"), encoding: .utf8)
    for label in ["0.weight", "2.bias", "linear", "relu", "crossEntropy"] {
      #expect(graph.contains(">\(label)<"))
    }
  }

  @Test func theSameSeedGivesTheSameModel() async throws {
    for (name, seed) in [("a", "3"), ("b", "3"), ("c", "4")] {
      let result = try await flambeau("--epochs", "2", "--seed", seed, "--output", name)
      try #require(result.status == 0, "\(result.errors)")
    }
    func weights(_ name: String) throws -> [Float] {
      try load(folder.url.appending(path: "\(name)/digits.h5").path)["2.bias"]!.scalars()
    }
    #expect(try weights("a") == weights("b"))
    #expect(try weights("a") != weights("c"))
  }

  @Test func itTrainsOnAGPU() async throws {
    let result = try await run(
      Repository.program("flambeau"), ["--device", "cuda:0", "--epochs", "1"], in: folder.url,
      environment: ["FLAMBEAU_CUDA": "simulator"])
    try #require(result.status == 0, "\(result.errors)")
    let other = try await flambeau("--epochs", "1", "--output", "here")
    func line(_ result: ProcessResult) throws -> Substring {
      try #require(result.output.firstMatch(of: #/epoch 1/1  loss .*/#)).0
    }
    #expect(try line(result) == line(other), "the numbers are drawn on the CPU")
    #expect(result.output.contains("predicts the same"))
  }

  @Test func itGoesOnFromSavedWeights() async throws {
    let first = try await flambeau("--epochs", "20", "--output", "a")
    try #require(first.status == 0, "\(first.errors)")
    let second = try await flambeau(
      "--epochs", "1", "--weights", "a/digits.h5", "--output", "b")
    try #require(second.status == 0, "\(second.errors)")
    let loss = try #require(second.output.firstMatch(of: #/epoch 1/1  loss ([\d.]+)/#))
    #expect(try #require(Double(loss.1)) < 0.1)
  }

  @Test func anotherFileOfDigits() async throws {
    let digit = (0..<64).map { _ in "7" }.joined(separator: ",")
    try folder.write((0..<120).map { "\(digit),\($0 % 10)\n" }.joined(), to: "mine.csv")
    let result = try await flambeau("--data", "mine.csv", "--epochs", "1", "--output", "x")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("epoch 1/1"))
    let quiet = try await flambeau(
      "--data", "mine.csv", "--epochs", "1", "--output", "y", "--quiet")
    #expect(quiet.status == 0 && !quiet.output.contains("epoch 1/1"))
    #expect(result.output.contains("84 to train on, 12 to validate with, 24 to test with"))
  }

  @Test func inspecting() async throws {
    let path = folder.url.appending(path: "model.safetensors").path
    try save(["a.weight": .zeros([2, 3]), "a.bias": Tensor([1, 2])], to: path)
    let result = try await run(Repository.program("flambeau"), ["inspect", path], in: folder.url)
    #expect(
      result.output == """
        key       shape   dtype    bytes
        ────────────────────────────────
        a.weight  [2, 3]  float32     24
        a.bias    [2]     int64       16
        2 tensors, 40 bytes, safetensors

        """)
    // Other objects are listed too, and formats are recognized by the first bytes.
    let foreign = Repository.root.appending(
      path: "Packages/Serialization/Tests/SerializationTests/Golden/foreign")
    for (name, line) in [
      ("legacy.pth", "14 tensors, "), ("matlab.mat", ", hdf5"), ("keras.weights.h5", "5 tensors, "),
      ("complex.pt", "deep.x: not a tensor: it is complex"),
      ("mixed.h5", "text: not a tensor: it holds text"),
    ] {
      let result = try await run(
        Repository.program("flambeau"), ["inspect", foreign.appending(path: name).path],
        in: folder.url)
      #expect(result.status == 0 && result.output.contains(line), "\(name): \(result)")
    }
    try NPY.write(.zeros([2, 3]), to: folder.url.appending(path: "x.npy").path)
    let array = try await run(Repository.program("flambeau"), ["inspect", "x.npy"], in: folder.url)
    #expect(array.output == "one tensor of shape [2, 3] and float32, 24 bytes, npy\n")
    let none = try await run(
      Repository.program("flambeau"), ["inspect", "none.pt"], in: folder.url)
    #expect(none.status == 1)
    #expect(none.errors == "Error: cannot read none.pt: No such file or directory\n")
  }

  /// The message of each error, which goes to standard error, without traces of a crash.
  static let mistakes: [(arguments: [String], status: Int32, message: String)] = [
    (["--data", "none.csv"], 1, "Error: cannot read none.csv: No such file or directory\n"),
    (
      ["--data", "letters.csv"], 1,
      "Error: letters.csv, line 2: “x” in column 3 is not an integer from 0 to 16\n"
    ),
    (["--data", "short.csv"], 1, "Error: short.csv, line 1: 3 fields instead of 65\n"),
    (["--data", "few.csv"], 1, "Error: 1 digits are too few"),
    (["--data", "bytes.csv"], 1, "Error: bytes.csv, line 1: its bytes are not valid UTF-8\n"),
    (["--output", "file/x"], 1, "Error: cannot write to the folder file/x: Not a directory"),
    (["--output", "/proc/x"], 1, "Error: cannot write to the folder /proc/x: No such file"),
    (["--weights", "none.h5"], 1, "Error: cannot read none.h5: No such file or directory\n"),
    (
      ["--weights", "few.csv"], 1,
      "Error: few.csv holds no state dict: neither its extension nor its first bytes are those of a "
        + "known format\n"
    ),
    (
      ["--weights", "other.h5"], 1,
      "Error: the state dict does not match the model: missing keys: 0.bias, 2.weight, 2.bias; "
        + "unexpected keys: extra; 0.weight has shape [2], the model's [128, 64]\n"
    ),
    (["--colour"], 64, "Error: Unknown option '--colour'"),
    (["--epochs", "0"], 64, "Error: --epochs must be at least 1"),
    (["--device", "cuda"], 1, "Error: no CUDA device is available here: "),
    (
      ["--device", "gpu"], 64,
      "Error: The value 'gpu' is invalid for '--device <device>': no device is"
    ),
    (["--seed", "many"], 64, "Error: The value 'many' is invalid for '--seed <seed>'"),
  ]

  @Test(arguments: mistakes)
  func mistakesAreToldAndChangeNothing(
    arguments: [String], status: Int32, message: String
  ) async throws {
    let digit = (0..<64).map { _ in "1" }
    let row = (digit + ["1"]).joined(separator: ",")
    try folder.write("\(row)\n1,2,x,\(row.dropFirst(6))\n", to: "letters.csv")
    try folder.write("1,2,3\n", to: "short.csv")
    try folder.write(row, to: "few.csv")
    try folder.write("", to: "file")
    try Data([0xFF, 0xFE, 0x00, 0xFF]).write(to: folder.url.appending(path: "bytes.csv"))
    try save(
      ["0.weight": .zeros([2]), "extra": .zeros([1])],
      to: folder.url.appending(path: "other.h5").path)
    try folder.write("precious", to: "output/digits.h5")

    let result = try await run(Repository.program("flambeau"), arguments, in: folder.url)
    #expect(result.status == status)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(!result.output.contains("test accuracy"))
    let kept = try String(
      contentsOf: folder.url.appending(path: "output/digits.h5"), encoding: .utf8)
    #expect(kept == "precious")
    #expect(try names(in: "output") == ["digits.h5"])
  }

  @Test func graphsOfFiles() async throws {
    func path(_ name: String) -> String { folder.url.appending(path: name).path }
    let x = Value(2, label: "x")
    let recording = (x * x).recordBackward()
    try recording.json().write(to: URL(fileURLWithPath: path("backward.json")))
    try recording.graph.json().write(to: URL(fileURLWithPath: path("graph.json")))
    try saveModel(Sequential(Linear(2, 3), ReLU()), to: path("model.h5"))
    let starts = [
      ["graph.json", "a.svg"]: "<?xml", ["graph.json", "a.png"]: "\u{89}PNG",
      ["model.h5", "b.pdf"]: "%PDF", ["model.h5", "b.mmd"]: "flowchart TB",
      ["backward.json", "c.html"]: "<!doctype html>", ["backward.json", "c.dot"]: "digraph",
    ]
    for (files, start) in starts {
      let result = try await flambeau("graph", files[0], "--output", files[1])
      #expect(result.status == 0, "\(result.errors)")
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path(files[1])))
      #expect(bytes.starts(with: start.unicodeScalars.map { UInt8($0.value) }), "\(files)")
    }
    _ = try await flambeau("graph", "model.h5", "-o", "one.mmd", "--depth", "0", "--left-right")
    let one = try String(contentsOfFile: path("one.mmd"), encoding: .utf8)
    #expect(one.hasPrefix("flowchart LR\n  n0(\"Sequential<br/>"))

    try Data("{}".utf8).write(to: URL(fileURLWithPath: path("empty.json")))
    for (arguments, message) in [
      (["none.json", "-o", "a.svg"], "cannot read none.json: No such file or directory"),
      (["empty.json", "-o", "a.svg"], "empty.json holds no graph"),
      (["graph.json", "-o", "a.bmp"], "no picture format “bmp”"),
      (["graph.json", "-o", "a.html"], "graph.json is not a recorded backward"),
      (["graph.json", "-o", "a.svg", "--depth=-1"], "--depth is 0 or more"),
      (["graph.json", "-o", "none/a.svg"], "cannot write the picture none/a.svg"),
    ] {
      let result = try await run(
        Repository.program("flambeau"), ["graph"] + arguments, in: folder.url)
      #expect(result.status != 0 && result.errors.contains(message), "\(result.errors)")
    }
  }
}
