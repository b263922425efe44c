import ArgumentParser
import Flambeau
import Foundation

/// The default command: trains a model on handwritten digits, then saves, loads and draws it.
struct DigitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digits",
    abstract: "Trains a network on handwritten digits, then saves, loads and draws it.")

  @Option(help: "The folder for the files that it writes.")
  var output = "output"

  @Option(help: "The seed of all random numbers.")
  var seed: UInt64 = 0

  @Option(help: "The number of epochs.")
  var epochs = 60

  @Option(help: "A file of digits to use instead of the one in the package.")
  var data: String?

  @Option(help: "Where it trains, as in cuda:0.", transform: { try Device($0) })
  var device = Device.cpu

  @Option(help: "A saved state dict to start from instead of random weights.")
  var weights: String?

  @Flag(help: "Show no progress.")
  var quiet = false

  func validate() throws {
    guard epochs > 0 else { throw ValidationError("--epochs must be at least 1") }
    try device.requireAvailable()
  }

  func run() throws {
    let start = ContinuousClock.now
    let files = try OutputFolder(output)
    manualSeed(seed)
    let digits = try DigitsData(from: data)

    let model = DigitsCommand.makeModel()
    if let weights { try model.loadStateDict(load(weights)) }
    model.to(device)
    print("\(digits)\n")
    print("\(model)\n")
    printParameters(of: model)

    let history = train(model, on: digits)
    let test = evaluate(model, on: digits.test)

    let saved = files.path("digits.h5")
    try save(model.stateDict(), to: saved)
    let second = DigitsCommand.makeModel()
    try second.loadStateDict(load(saved))
    second.to(device)
    let agree = predictions(of: model, on: digits.test)
      .equal(predictions(of: second, on: digits.test))
    print("A second model, loaded from the file, predicts \(agree ? "the same" : "otherwise").\n")
    guard agree else { throw DigitsError.predictionsDiffer }

    try drawGraph(of: model, on: digits.training, into: files)
    try drawCurves(history, into: files)

    let seconds = start.duration(to: .now) / .seconds(1)
    print("test accuracy  \(percent(test.accuracy)) of \(digits.test.count) digits")
    for (name, what) in files.written {
      print("wrote          \(files.path(name))  \(what)")
    }
    print("time           \(String(format: "%.1f", seconds)) s")
    print("next           Tutorials/01-one-number-that-remembers/README.md")
  }

  /// A model from 64 pixels to the logits of 10 digits.
  static func makeModel() -> Sequential {
    Sequential(Linear(64, 128), ReLU(), Linear(128, 10))
  }

  private func printParameters(of model: Module) {
    let parameters = model.namedParameters()
    for (name, tensor) in parameters {
      let shape = tensor.shape.map(String.init).joined(separator: " × ")
      print("\(name.padded(10))  \(shape.padded(10))  \(tensor.numel)")
    }
    let total = parameters.values.map(\.numel).reduce(0, +)
    print("\("parameters".padded(10))  \("".padded(10))  \(total)\n")
  }
}

// MARK: Training

extension DigitsCommand {
  private func train(_ model: Sequential, on digits: DigitsData) -> History {
    let optimizer = Adam(model.parameters(), lr: 1e-3)
    let loader = DataLoader(digits.training, batchSize: 32, shuffle: true, dropLast: true)
    var history = History()
    let progress = Progress(total: epochs, label: "epoch", isQuiet: quiet)
    for epoch in 1...epochs {
      model.train()
      var sum = 0.0
      for (x, y) in loader {
        let loss = crossEntropy(model(x.to(device)), y.to(device))
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
        sum += finiteValue(of: loss)
      }
      let loss = sum / Double(loader.count)
      let training = evaluate(model, on: digits.training)
      let validation = evaluate(model, on: digits.validation)
      history.append(
        [
          "training loss": loss, "validation loss": validation.loss,
          "training accuracy": training.accuracy, "validation accuracy": validation.accuracy,
        ], at: Double(epoch))
      progress.advance(
        String(format: "loss %.4f", loss) + "  accuracy \(percent(validation.accuracy))")
    }
    print()
    return history
  }

  private func evaluate(
    _ model: Sequential, on part: DigitsSubset
  ) -> (loss: Double, accuracy: Double) {
    model.eval()
    return noGrad {
      let (x, y) = part.all(on: device)
      let logits = model(x)
      return (crossEntropy(logits, y).item(), accuracy(logits, y))
    }
  }

  private func predictions(of model: Sequential, on part: DigitsSubset) -> Tensor {
    model.eval()
    return noGrad { model(part.all(on: device).0) }
  }
}

// MARK: Pictures

extension DigitsCommand {
  private func drawGraph(
    of model: Sequential, on part: DigitsSubset, into files: OutputFolder
  ) throws {
    let (x, y) = try part.batch(at: Array(0..<32))
    let graph = crossEntropy(model(x.to(device)), y.to(device)).graph(of: model)
    for name in ["loss-graph.svg", "loss-graph.png"] {
      try graph.render(to: files.path(name))
      files.add(name, "how the loss is computed")
    }
  }

  private func drawCurves(_ history: History, into files: OutputFolder) throws {
    for (quantity, name) in [("loss", "loss.svg"), ("accuracy", "accuracy.svg")] {
      let plot = Plot(
        history.selecting(["training \(quantity)", "validation \(quantity)"]),
        title: "Handwritten digits: \(quantity)", xLabel: "epoch", yLabel: quantity,
        yAxis: quantity == "loss" ? .logarithmic : .linear)
      try plot.write(to: files.path(name))
      files.add(name, "\(quantity) while it trained")
      if quantity == "loss" { print(try plot.text() + "\n") }
    }
  }
}

private func percent(_ share: Double) -> String {
  String(format: "%.2f %%", share * 100)
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}
