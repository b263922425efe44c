import Flambeau
import Foundation
import TensorBoard
import Testing

/// Reads SummaryWriter's files with PyPI's tensorboard.
@Suite struct TensorBoardTests {
  private struct Events: Decodable {
    let scalars: [String: [[Double]]]
    let histogram: [Double]
    let image: [Int]
    let png: String
    let text: String
    let graph: [[Entry]]

    /// A name, or the names of a node's inputs.
    enum Entry: Decodable, Equatable {
      case name(String)
      case inputs([String])

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self =
          if let name = try? container.decode(String.self) { .name(name) } else {
            .inputs(try container.decode([String].self))
          }
      }
    }
  }

  private func python() async throws -> String {
    let venv = try await pythonEnvironment(
      "tensorboard", package: "tensorboard==2.21.0", holding: "tensorboard/__init__.py")
    return venv.appending(path: "bin/python").path
  }

  @Test func tensorboardReadsAll() async throws {
    let folder = try TemporaryFolder()
    let writer = try SummaryWriter(folder.url.appending(path: "run").path)
    var history = History()
    history.append(["loss": 0.5], at: 1)
    history.append(["loss": 0.25], at: 2)
    try writer.addHistory(history)
    try writer.addHistogram("weights", Tensor([-1.0, 0.5, 0.5, 2]), step: 7)
    try writer.addImage("picture", .rand([3, 4, 5]), step: 1)
    try writer.addText("note", "**strong**", step: 2)
    let model = Sequential(Linear(1, 2), Sequential(["bend": ReLU()]))
    try writer.addGraph(model.graph(.zeros([1, 1])))
    try writer.close()

    let result = try await run(
      command: [
        try await python(),
        Repository.root.appending(path: "Tests/RepositoryTests/read_events.py").path,
        folder.url.appending(path: "run").path,
      ], in: folder.url)
    try #require(result.status == 0, "\(result.errors)")
    let events = try JSONDecoder().decode(Events.self, from: Data(result.output.utf8))
    #expect(events.scalars == ["loss": [[1, 0.5], [2, 0.25]]])
    #expect(Array(events.histogram[..<5]) == [7, 4, -1, 2, 4] && events.histogram[5] > 3)
    #expect(events.image == [5, 4] && events.png == "iVBORw0KGgo=")
    #expect(events.text == "**strong**")
    #expect(
      events.graph == [
        [.name("input_0"), .name("input"), .inputs([])],
        [.name("Sequential/0__Linear_1"), .name("Linear"), .inputs(["input_0"])],
        [.name("Sequential/1/bend__ReLU_2"), .name("ReLU"), .inputs(["Sequential/0__Linear_1"])],
        [.name("output_3"), .name("output"), .inputs(["Sequential/1/bend__ReLU_2"])],
      ])
  }
}
