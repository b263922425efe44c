import Foundation
@_spi(Flambeau) import Graphs
import Support

extension BackwardRecording {
  /// Draws each step to a file in a folder, `step-000.svg` and so on. The folder is created if
  /// needed.
  ///
  /// - Throws: ``RenderingError``.
  public func render(
    to folder: String, format: GraphFormat = .svg,
    direction: ComputationGraph.Direction = .topDown
  ) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw RenderingError.cannotWrite(path: folder, reason: error.systemReason)
    }
    for number in 0...steps.count {
      let digits = String(number)
      let name = "step-\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits)"
      try write(
        frame(number).rendered(as: format, direction: direction),
        to: "\(folder)/\(name).\(format.rawValue)")
    }
  }

  /// Writes a self-contained HTML page that plays the steps in a browser. The arrow keys step, Home
  /// and End go to the first and last step, and the space bar plays.
  ///
  /// - Throws: ``RenderingError``.
  public func writePage(
    to path: String, title: String = "Backward, step by step",
    direction: ComputationGraph.Direction = .topDown
  ) throws {
    try write(Data(page(title: title, direction: direction).utf8), to: path)
  }

  /// The HTML of the page.
  public func page(
    title: String = "Backward, step by step",
    direction: ComputationGraph.Direction = .topDown
  ) throws -> String {
    // One picture with all gradients, of which the page shows those known at a step.
    let svg = String(
      decoding: try graph.rendered(as: .svg, direction: direction, maxNodes: .max), as: UTF8.self)
    let picture = svg[(svg.range(of: "<svg")?.lowerBound ?? svg.startIndex)...]
    let (changes, texts) = (changes, explanations)
    let (places, incoming) = (gradientPlaces, incoming)
    let frames = (0...steps.count).map { number in
      let step = number > 0 ? steps[number - 1] : nil
      let lit = Set(step?.contributions.map(\.node) ?? [])
      return PageFrame(
        text: texts[number], running: step?.node,
        edges: incoming[step?.node ?? -1, default: []].filter {
          lit.contains(graph.edges[$0].source)
        },
        gradients: Dictionary(
          uniqueKeysWithValues: changes[number].map { place, field in
            ("\(place)", field.text.split(separator: "\n").map(String.init))
          }))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = String(decoding: try! encoder.encode(frames), as: UTF8.self)
      .replacing("<", with: "\\u003c")
    let rows = String(decoding: try! encoder.encode(places), as: UTF8.self)
    return pageTemplate.replacing("{{rows}}", with: rows)
      .replacing("{{title}}", with: title.htmlEscaped)
      .replacing("{{running}}", with: ComputationGraph.Mark.running.fill)
      .replacing("{{reached}}", with: ComputationGraph.Mark.reached.fill)
      .replacing("{{highlight}}", with: ComputationGraph.highlight)
      .replacing("{{picture}}", with: picture).replacing("{{frames}}", with: data)
  }

  /// The changes on the page at a step.
  private struct PageFrame: Encodable {
    let text: String
    let running: Int?
    let edges: [Int]
    /// The lines of each new gradient, by node.
    let gradients: [String: [String]]
  }

  /// For each node that has a gradient in the end, the index of its first line in the drawing of
  /// the node, and the number of its lines.
  var gradientPlaces: [String: [Int]] {
    var found: [String: [Int]] = [:]
    for (place, node) in graph.nodes.enumerated() {
      guard let index = node.fields.firstIndex(where: { $0.name == "grad" }) else { continue }
      // The lines of the label come first, then those of each field: its name and its text.
      var first = node.label.isEmpty ? 0 : node.label.lineCount
      for field in node.fields[..<index] { first += field.name.lineCount + field.text.lineCount }
      found["\(place)"] = [first + 1, node.fields[index].text.lineCount]
    }
    return found
  }

  /// For each node, the incoming edges that carry gradients.
  private var incoming: [Int: [Int]] {
    Dictionary(grouping: graph.edges.indices.filter { !graph.edges[$0].isSaved }) {
      graph.edges[$0].target
    }
  }
}

extension String {
  fileprivate var lineCount: Int { split(separator: "\n", omittingEmptySubsequences: false).count }

  fileprivate var htmlEscaped: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }
}
