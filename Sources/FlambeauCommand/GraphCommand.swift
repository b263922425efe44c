import ArgumentParser
import Flambeau
import Foundation
import Graphs
import Support

/// Draws a graph stored in a file.
struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draws a saved graph, a recorded backward, or a saved model's structure.",
    discussion: """
      The file is JSON, as graph.json() and recording.json() give it, or a model that saveModel wrote.
      """)

  @Argument(help: "The file.")
  var path: String

  @Option(
    name: .shortAndLong,
    help:
      "Where to: svg, png, pdf, dot, mmd or json by its extension; html for a recorded backward.")
  var output: String

  @Option(help: "How many frames deep it is drawn, 0 for one node.")
  var depth: Int?

  @Option(help: "A graph of more nodes is folded until it has no more.")
  var maxNodes = ComputationGraph.drawableNodes

  @Flag(help: "Draws from left to right instead of downward.")
  var leftRight = false

  @Flag(inversion: .prefixedNo, help: "Adds a legend of shapes and colors.")
  var legend = true

  @Flag(help: "Marks gradients that explode, vanish, are NaN, or end.")
  var diagnostics = false

  func validate() throws {
    if let depth, depth < 0 { throw ValidationError("--depth is 0 or more, not \(depth)") }
    if maxNodes < 2 { throw ValidationError("--max-nodes is 2 or more, not \(maxNodes)") }
  }

  func run() throws {
    let direction: ComputationGraph.Direction = leftRight ? .leftRight : .topDown
    let recording = try recording()
    if output.lowercased().hasSuffix(".html") {
      guard let recording else {
        throw ValidationError("\(path) is not a recorded backward, and only these become pages")
      }
      return try recording.writePage(to: output, direction: direction)
    }
    var graph = try recording?.graph ?? graph()
    if diagnostics { graph = graph.markingDiagnostics() }
    if let depth { graph = graph.folded(toDepth: depth) }
    try graph.render(to: output, direction: direction, legend: legend, maxNodes: maxNodes)
  }

  private var isJSON: Bool { path.lowercased().hasSuffix(".json") }

  private func recording() throws -> BackwardRecording? {
    guard isJSON else { return nil }
    let contents = try contents()
    return try? JSONDecoder().decode(BackwardRecording.self, from: contents)
  }

  private func graph() throws -> ComputationGraph {
    guard isJSON else { return try modelStructure(path).graph() }
    do {
      return try JSONDecoder().decode(ComputationGraph.self, from: contents())
    } catch let DecodingError.dataCorrupted(context) {
      throw ValidationError("\(path) holds no graph: \(context.debugDescription)")
    } catch let error as DecodingError {
      throw ValidationError("\(path) holds no graph: \(error)")
    }
  }

  private func contents() throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ValidationError("cannot read \(path): \(error.systemReason)")
    }
  }
}
