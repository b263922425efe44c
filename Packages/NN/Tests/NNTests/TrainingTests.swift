import Foundation
import Testing

@testable import NN

/// A training run in PyTorch; see Golden/make_golden.py.
struct GoldenRun: Decodable, Sendable {
  let keys: [String]
  let first: [[Double]]
  let x: [Double]
  let y: [Int]
  let losses: [Double]
  let last: [[Double]]

  static let all: [String: GoldenRun] = golden("training")
}

@Suite struct TrainingTests {
  @Test func theTableIsComplete() {
    #expect(Set(optimizerCases.keys) == Set(GoldenRun.all.keys))
  }

  @Test(arguments: GoldenRun.all.keys.sorted(), testedDevices)
  func optimizersFollowPyTorch(name: String, device: Device) throws {
    try device.withDefault {
      let golden = try #require(GoldenRun.all[name])
      let generator = Generator(seed: 0)
      let model = Device.cpu.withDefault {
        Sequential(Linear(4, 8, generator: generator), ReLU(), Linear(8, 3, generator: generator))
      }
      #expect(Array(model.stateDict().keys) == golden.keys)
      for (parameter, expected) in zip(model.parameters(), golden.first) {
        #expect(parameter.scalars(as: Double.self) == expected, "the same initial weights")
      }
      let weights = model.parameters().map { $0.detach().to(.float64).to(device) }
      for weight in weights { weight.requiresGrad = true }
      let (x, y) = (try Tensor(golden.x, shape: [16, 4]), Tensor(golden.y))
      let optimizer = try #require(optimizerCases[name]).make(weights)
      for expected in golden.losses {
        let hidden = x.linear(weights[0], bias: weights[1]).relu()
        let loss = crossEntropy(hidden.linear(weights[2], bias: weights[3]), y)
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
        #expect(abs(loss.item() - expected) < 1e-11)
      }
      for (parameter, expected) in zip(weights, golden.last) {
        for (a, b) in zip(parameter.scalars(as: Double.self), expected) {
          #expect(abs(a - b) < 1e-11)
        }
      }
    }
  }

  @Test func crossEntropyNeitherOverflowsNorVanishes() {
    let logits = Tensor([[1000.0, -1000, 0], [-1000, 0, 1000]], requiresGrad: true)
    let loss = crossEntropy(logits, Tensor([0, 1]))
    #expect(loss.item() == 500)
    loss.backward()
    #expect(logits.grad?.scalars(as: Double.self) == [0, 0, 0, 0, -0.5, 0.5])
  }

  @Test func lossModulesAndAccuracy() {
    let (x, y) = (Tensor([[2.0, 1], [0, 3]]), Tensor([0, 0]))
    #expect(CrossEntropyLoss()(x, y).equal(crossEntropy(x, y)))
    #expect(MSELoss()(x, x + 2).item() == 4)
    #expect(accuracy(x, y) == 0.5)
  }

  @Test func parametersWithoutAGradientStay() {
    let model = Linear(2, 2)
    let before = model.weight.clone()
    Adam(model.parameters()).step()
    #expect(model.weight.equal(before))
  }
}

@Suite struct WatchingTests {
  private var history: History {
    var history = History()
    for epoch in 1...5 {
      history.append(["it's a loss": 1 / Double(epoch), "other": 0.5], at: Double(epoch))
    }
    return history
  }

  @Test func historyKeepsSeriesInOrder() {
    #expect(Array(history.series.keys) == ["it's a loss", "other"])
    #expect(history.last("other") == 0.5 && history.last("none") == nil)
    #expect(Array(history.selecting(["other"]).series.keys) == ["other"])
    #expect(history.series["it's a loss"]?.map(\.position) == [1, 2, 3, 4, 5])
  }

  @Test func plotsAsSVGAndText() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let plot = Plot(history, title: "Title", xLabel: "epoch", yLabel: "loss")
    let path = folder.appending(path: "plot.svg").path
    try plot.write(to: path)
    let svg = try String(contentsOfFile: path, encoding: .utf8)
    #expect(svg.hasPrefix("<?xml") && svg.contains("Title") && svg.contains("epoch"))
    let text = try plot.text(width: 60, height: 16)
    #expect(text.contains("Title") && text.contains("it's a loss"))
    for line in text.split(separator: "\n") { #expect(line.count <= 60) }
    #expect(throws: PlotError.self) { try plot.write(to: "/nonexistent/plot.svg") }
  }

  @Test func plotsWithOtherScales() throws {
    var speeds = History()
    for exponent in 10...22 { speeds.append(["speed": 1], at: Double(1 << exponent)) }
    var plot = Plot(
      speeds, title: "Caches", xAxis: .bytes, marks: ["first": 32768, "unknown": 0])
    let text = try plot.text(width: 76, height: 16)
    #expect(text.contains(" KiB") && text.contains("1 MiB") && text.contains("first"))
    #expect(!text.contains("unknown"), "a logarithmic axis has no 0")
    plot.xAxis = .powersOfTwo
    #expect(try plot.text(width: 76, height: 16).contains("65536"))
    plot.xAxis = .logarithmic
    #expect(try plot.text(width: 76, height: 16).contains("100000"))
  }

  /// Without a terminal, as in this test, progress is shown in plain lines, at most `lines`.
  @Test func progressOffATerminal() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let progress = Progress(total: 25, label: "epoch", lines: 5)
      for step in 1...25 { progress.advance("loss \(step)") }
    }
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    let lines = output.split(separator: "\n").filter { $0.hasPrefix("epoch") }.map(String.init)
    let expected = [5, 10, 15, 20, 25].map { "epoch \($0)/25  loss \($0)" }
    #expect(lines == expected)
  }

  /// Each line leaves a column free, whatever the width of the terminal.
  @Test(arguments: [(100, 24), (60, 8), (40, 0), (20, 0)])
  func progressFitsTheTerminal(width: Int, bar: Int) {
    let progress = Progress(total: 1, label: "epoch", lines: 1)
    progress.advance("")
    let line = progress.line("loss 0.31  accuracy 95.2 %", elapsed: 1.25, width: width)
    #expect(line.filter { $0 == "━" }.count == bar)
    #expect(line.count < width && line.hasPrefix("epoch 1/1 "))
    #expect(line.hasSuffix("1.2 s") == (width >= 60))
  }
}
