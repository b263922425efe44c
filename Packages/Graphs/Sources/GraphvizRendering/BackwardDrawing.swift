import Foundation
@_spi(Flambeau) import Graphs
import Support

extension BackwardRecording {
  /// Draws each step into a file of a folder, `step-000.svg` and so on, which is made if it is not
  /// there.
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

  /// Writes a page that plays the steps in a browser. It needs nothing but itself: no network, no
  /// other file. Arrow keys go a step on or back, Home and End to the ends, and the space bar
  /// plays.
  ///
  /// - Throws: ``RenderingError``.
  public func writePage(
    to path: String, title: String = "Backward, step by step",
    direction: ComputationGraph.Direction = .topDown
  ) throws {
    try write(Data(page(title: title, direction: direction).utf8), to: path)
  }

  /// The page's text.
  public func page(
    title: String = "Backward, step by step",
    direction: ComputationGraph.Direction = .topDown
  ) throws -> String {
    // One picture with all gradients, of which the page shows those that there are at a step.
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
    return pageTemplate.replacing("{{rows}}", with: rows).replacing(
      "{{title}}", with: title.htmlEscaped
    )
    .replacing("{{picture}}", with: picture).replacing("{{frames}}", with: data)
  }

  /// What is new on a page at a step.
  private struct PageFrame: Encodable {
    let text: String
    let running: Int?
    let edges: [Int]
    /// For nodes that get a gradient, the lines of its text.
    let gradients: [String: [String]]
  }

  /// For each node that gets a gradient in the end, the first of the lines of its drawing that tell
  /// it, and how many they are.
  private var gradientPlaces: [String: [Int]] {
    var found: [String: [Int]] = [:]
    for (place, node) in graph.nodes.enumerated() {
      guard let index = node.fields.firstIndex(where: { $0.name == "grad" }) else { continue }
      // A drawing has a line for the label, and for each field one for its name and those of its
      // text.
      var first = node.label.isEmpty ? 0 : node.label.lineCount
      for field in node.fields[..<index] { first += field.name.lineCount + field.text.lineCount }
      found["\(place)"] = [first + 1, node.fields[index].text.lineCount]
    }
    return found
  }

  /// The edges to each node along which gradients go.
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
