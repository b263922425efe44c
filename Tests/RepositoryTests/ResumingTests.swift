import Flambeau
import Foundation
import Testing

/// A training run that is resumed from a checkpoint, even in the middle of an epoch, gives bit for
/// bit the same losses as an uninterrupted one: with dropout, batch statistics, a scheduler, an
/// optimizer with state, and shuffled batches and augmentation in workers.
@Suite struct ResumingTests {
  /// All objects of a training run.
  private struct Run {
    let model = Sequential(
      Linear(64, 32), BatchNorm1d(32), ReLU(), Dropout(0.3), Linear(32, 10))
    let optimizer: AdamW
    let scheduler: OneCycleLR
    let loader: DataLoader<(Tensor, Tensor)>
    var history = History()

    init() {
      optimizer = AdamW(model.parameters(), lr: 1e-3)
      scheduler = OneCycleLR(optimizer, maxLR: 1e-2, totalSteps: 200)
      let digits = Subset(Digits.test, indices: Array(0..<320))
      let noisy = digits.map { image, digit in (image / 16 + Tensor.randn([64]) * 0.1, digit) }
      loader = DataLoader(noisy, batchSize: 32, shuffle: true, numWorkers: 2)
    }

    mutating func step(_ x: Tensor, _ y: Tensor) -> Double {
      let loss = crossEntropy(model(x), y)
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      scheduler.step()
      history.append(["loss": loss.item()], at: Double(scheduler.stepCount))
      return loss.item()
    }

    func checkpoint() throws -> Checkpoint {
      var checkpoint = Checkpoint()
      checkpoint["model"] = model.stateDict()
      checkpoint["optimizer"] = optimizer.stateDict()
      try checkpoint.set(scheduler.stepCount, for: "scheduler")
      try checkpoint.set(Generator.default.state, for: "generator")
      try checkpoint.set(loader.state, for: "loader")
      try checkpoint.set(history, for: "history")
      return checkpoint
    }

    mutating func resume(_ checkpoint: Checkpoint) throws {
      try model.loadStateDict(#require(checkpoint["model"]))
      try optimizer.loadStateDict(#require(checkpoint["optimizer"]))
      scheduler.stepCount = try checkpoint.get("scheduler")
      loader.state = try checkpoint.get("loader")
      history = try checkpoint.get("history")
      Generator.default.state = try checkpoint.get("generator")
    }
  }

  @Test(arguments: [0, 4, 10, 17], ["run.h5", "run.safetensors"])
  func theLossesAreTheSame(stop: Int, name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: name).path
    var losses: [Double] = []
    var whole = History()
    try Generator(seed: 5).withDefault {
      var run = Run()
      if stop == 0 { try run.checkpoint().save(to: path) }
      for _ in 0..<3 {
        for (x, y) in run.loader {
          losses.append(run.step(x, y))
          if losses.count == stop { try run.checkpoint().save(to: path) }
        }
      }
      whole = run.history
    }
    #expect(losses.count == 30)
    try Generator(seed: 99).withDefault {
      var run = Run()
      try run.resume(Checkpoint(path))
      var resumed: [Double] = []
      while resumed.count < 30 - stop {
        for (x, y) in run.loader { resumed.append(run.step(x, y)) }
      }
      #expect(resumed == Array(losses[stop...]))
      #expect(run.history == whole)
    }
  }
}
