import Foundation
import Serialization
import Testing

@Suite struct CheckpointTests {
  private struct Settings: Codable, Equatable {
    var name: String
    var rates: [Double]
  }

  @Test(arguments: ["x.h5", "x.safetensors"])
  func everythingComesBack(name: String) throws {
    let folder = try Folder()
    var checkpoint = Checkpoint()
    checkpoint["model"] = ["0.weight": Tensor([[1, 2], [3, 4]]), "0.bias": Tensor([0.5])]
    checkpoint["optimizer"] = ["state.0.step": Tensor(7)]
    checkpoint["empty"] = [:]
    let settings = Settings(name: "a “name”\n", rates: [0.1, 1 / 3, -.infinity, 5e-300])
    try checkpoint.set(settings, for: "settings")
    try checkpoint.set(12, for: "epoch")
    try checkpoint.set(Double.nan, for: "loss")
    try checkpoint.save(to: folder.path(name))
    let loaded = try Checkpoint(folder.path(name))
    #expect(loaded.names == ["model", "optimizer", "empty"])
    #expect(areEqual(try #require(loaded["model"]), checkpoint["model"]!))
    #expect(loaded["optimizer"]?["state.0.step"]?.item() == 7 && loaded["empty"]?.isEmpty == true)
    #expect(try loaded.get("settings") == settings)
    #expect(try loaded.get("epoch") == 12)
    #expect(try loaded.get("loss", as: Double.self).isNaN)
    let missing = #expect(throws: CheckpointError.self) { try loaded.get("step", as: Int.self) }
    #expect(
      missing?.localizedDescription
        == "\(folder.path(name)) has no value “step”; there are epoch, loss, settings")
    let other = #expect(throws: CheckpointError.self) { try loaded.get("epoch", as: String.self) }
    #expect(
      other?.localizedDescription.hasSuffix("the value “epoch” is not of type String") == true)
  }

  @Test func aStateDictIsNoCheckpoint() throws {
    let folder = try Folder()
    try save(["x": Tensor(1)], to: folder.path("x.h5"))
    let error = #expect(throws: SerializationError.self) { try Checkpoint(folder.path("x.h5")) }
    #expect(
      error?.localizedDescription.hasSuffix("holds no state dict: it is not a checkpoint") == true)
    #expect(throws: SerializationError.self) { try Checkpoint(folder.path("none.h5")) }
  }

  @Test func theLastAndTheBestAreKept() throws {
    let folder = try Folder()
    let run = CheckpointFolder(folder.path("run"), keepLast: 2, best: .lowest("loss"))
    #expect(run.latest == nil && run.all().isEmpty)
    #expect(try run.bestPath() == nil)
    for (step, loss) in [(10, 3.0), (20, 1), (30, 2), (40, .nan), (50, 4)] {
      var checkpoint = Checkpoint()
      checkpoint["model"] = ["x": Tensor(step)]
      try run.save(checkpoint, step: step, metrics: ["loss": loss])
    }
    let steps = try run.all().map { try Checkpoint($0).get("step", as: Int.self) }
    #expect(steps == [20, 40, 50])
    #expect(run.latest?.hasSuffix("step-000000050.h5") == true)
    #expect(try run.bestPath()?.hasSuffix("step-000000020.h5") == true)
    // Another process continues in the same folder.
    let again = CheckpointFolder(folder.path("run"), keepLast: 1, best: .highest("loss"))
    try again.save(Checkpoint(), step: 60, metrics: ["loss": 0])
    #expect(
      again.all().map { $0.suffix(12) } == ["000000050.h5", "000000060.h5"])
  }
}
