import Foundation
import NN
import Testing

@Suite struct MetricsTests {
  private let scores = Tensor([
    [0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.6, 0.3, 0.1],
  ])
  private let target = Tensor([1, 2, 2, 0])

  @Test func accuracies() {
    #expect(accuracy(scores, target) == 0.75)
    #expect(topKAccuracy(scores, target, k: 1) == 0.75)
    #expect(topKAccuracy(scores, target, k: 3) == 1)
    #expect(abs(perplexity(log(8)) - 8) < 1e-12)
  }

  @Test func lossesThatAreNoNumbers() async {
    #expect(finiteValue(of: Tensor(0.5)) == 0.5)
    await expectMessage(
      "the loss is nan; lower the learning rate, clip gradients",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = finiteValue(of: Tensor(Double.nan))
      })
  }

  @Test func meansOverBatches() {
    var mean = Mean()
    #expect(mean.value.isNaN)
    mean.update(2, count: 3)
    mean.update(6)
    #expect(mean.value == 3)
  }

  @Test func explainedVariance() {
    let t = Tensor([1.0, 2, 3, 4])
    #expect(r2Score(t, t) == 1)
    #expect(r2Score(.full([4], 2.5), t) == 0)
    #expect(abs(r2Score(Tensor([1.0, 2, 3, 5]), t) - 0.8) < 1e-12)
  }

  @Test func confusion() {
    var matrix = ConfusionMatrix(classes: 3, names: ["a", "b", "c"])
    matrix.update(scores, target)
    matrix.update(Tensor([2]), Tensor([2]))
    #expect(matrix.counts == [[1, 0, 0], [0, 1, 0], [1, 0, 2]])
    #expect(matrix.accuracy == 0.8)
    #expect(matrix.precision(of: 0) == 0.5 && matrix.recall(of: 0) == 1)
    #expect(matrix.precision(of: 2) == 1 && abs(matrix.recall(of: 2) - 2.0 / 3) < 1e-12)
    #expect(abs(matrix.f1(of: 2) - 0.8) < 1e-12)
    #expect(abs(matrix.precision() - 2.5 / 3) < 1e-12)
    #expect(
      matrix.description == """
               a   b   c
           a   1   ·   ·
           b   ·   1   ·
           c   1   ·   2
        """)
  }

  @Test func filesComeBack() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appending(path: name).path }
    var history = History()
    history.append(["loss": 0.5, "a, \"b\"": 1], at: 1)
    history.append(["loss": .nan], at: 2.5)
    #expect(history.csv == "position,loss,\"a, \"\"b\"\"\"\n1.0,0.5,1.0\n2.5,nan,\n")
    try history.write(to: path("history.csv"))
    #expect(try String(contentsOfFile: path("history.csv"), encoding: .utf8) == history.csv)
    try history.write(to: path("history.json"))
    let back = try History(json: path("history.json"))
    #expect(Array(back.series.keys) == ["loss", "a, \"b\""] && back.csv == history.csv)
    #expect(throws: HistoryError.self) { try history.write(to: path("history.txt")) }
    #expect(throws: HistoryError.self) { try History(json: path("none.json")) }
    try Data("{}".utf8).write(to: URL(fileURLWithPath: path("bad.json")))
    #expect(throws: HistoryError.self) { try History(json: path("bad.json")) }

    let plot = Plot(history, title: "Title")
    var matrix = ConfusionMatrix(classes: 3)
    matrix.update(scores, target)
    try matrix.write(to: path("matrix.png"), title: "it's a matrix")
    try plot.write(to: path("plot.png"))
    for name in ["matrix.png", "plot.png"] {
      let data = try Data(contentsOf: URL(fileURLWithPath: path(name)))
      #expect(data.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
    #expect(throws: PlotError.unknownExtension(path: path("plot.jpg"))) {
      try plot.write(to: path("plot.jpg"))
    }
  }

  @Test func progressOverSequences() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let progress = Progress(label: "batch", lines: 2)
      for number in progress.over(1...4) { progress.message = "sum \(number)" }
      for _ in Progress(isQuiet: true).over(0..<3) {}
    }
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    let lines = output.split(separator: "\n").filter { $0.hasPrefix("batch") }.map(String.init)
    #expect(lines == ["batch 2/4  sum 2", "batch 4/4  sum 4"] && !output.contains("step"))
  }
}
