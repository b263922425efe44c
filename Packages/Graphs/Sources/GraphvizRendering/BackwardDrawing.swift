import Foundation
@_spi(Flambeau) import Graphs

extension BackwardRecording {
  /// Draws each step into a file of a folder, `step-000.svg` and so on, which is made if it is not there.
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

  /// Writes a page that plays the steps in a browser. It needs nothing but itself: no network, no other file.
  /// Arrow keys go a step on or back, Home and End to the ends, and the space bar plays.
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
    let frames = (0...steps.count).map { number in
      PageFrame(
        text: explanation(of: number), running: number > 0 ? steps[number - 1].node : nil,
        edges: frame(number).edges.indices.filter { frame(number).edges[$0].isLit },
        gradients: gradients(at: number))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = String(decoding: try! encoder.encode(frames), as: UTF8.self)
      .replacing("<", with: "\\u003c")
    return pageTemplate.replacing("{{title}}", with: title.htmlEscaped)
      .replacing("{{picture}}", with: picture).replacing("{{frames}}", with: data)
  }

  /// What a page shows at a step.
  private struct PageFrame: Encodable {
    let text: String
    let running: Int?
    let edges: [Int]
    /// For each node with a gradient by now, the lines of its text, and which of the node's lines they are.
    let gradients: [String: Lines]

    struct Lines: Encodable {
      let first: Int
      let lines: [String]
    }
  }

  private func gradients(at number: Int) -> [String: PageFrame.Lines] {
    let frame = frame(number)
    var found: [String: PageFrame.Lines] = [:]
    for (place, node) in graph.nodes.enumerated() {
      guard let index = node.fields.firstIndex(where: { $0.name == "grad" }) else { continue }
      // A drawing has a line for the label, and for each field one for its name and those of its text.
      var first = node.label.isEmpty ? 0 : node.label.lineCount
      for field in node.fields[..<index] { first += field.name.lineCount + field.text.lineCount }
      let count = node.fields[index].text.lineCount
      let text =
        frame.nodes[place].field("grad")?.text.split(separator: "\n").map(String.init) ?? []
      let padded = text + [String](repeating: "", count: max(0, count - text.count))
      found["\(place)"] = .init(first: first + 1, lines: Array(padded.prefix(count)))
    }
    return found
  }
}

extension String {
  fileprivate var lineCount: Int { split(separator: "\n", omittingEmptySubsequences: false).count }

  fileprivate var htmlEscaped: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }
}
