extension ComputationGraph {
  /// Which way the arrows of a drawing point.
  public enum Direction: String, Sendable, CaseIterable {
    case topDown = "TB"
    case leftRight = "LR"
  }

  /// The graph in Graphviz's DOT language.
  ///
  /// The text depends on nothing but the graph: equal graphs give equal bytes.
  /// Language: <https://graphviz.org/doc/info/lang.html>
  public func dot(direction: Direction = .topDown) -> String {
    var text = """
      digraph computation {
        graph [rankdir=\(direction.rawValue), nodesep=0.25, ranksep=0.35, bgcolor=white]
        node [height=0.3, fontname="Helvetica,Arial,sans-serif", fontsize=11]
        edge [color="#5a6472", arrowsize=0.6]

      """
    for (index, node) in nodes.enumerated() {
      let label = node.recordLabel(direction)
      text += "  \(index) [\(node.kind.appearance), label=\"\(label)\"]\n"
    }
    for edge in edges {
      text += "  \(edge.source) -> \(edge.target)\n"
    }
    return text + "}\n"
  }
}

extension ComputationGraph.Node.Kind {
  /// The hues stay apart for the colour-blind, and each kind also has a border of its own.
  fileprivate var appearance: String {
    switch self {
    case .constant: look(style: "filled,dashed", border: "#8a8f98", fill: "#f2f2f2")
    case .parameter: look(style: "filled,bold", border: "#0072b2", fill: "#dcecf7")
    case .value: look(style: "filled", border: "#5a6472", fill: "#ffffff")
    case .operation: look(shape: "Mrecord", style: "filled", border: "#b35900", fill: "#ffe9cc")
    }
  }

  private func look(
    shape: String = "record", style: String, border: String, fill: String
  ) -> String {
    "shape=\(shape), style=\"\(style)\", color=\"\(border)\", fillcolor=\"\(fill)\""
  }
}

extension ComputationGraph.Node {
  /// The title over a row for each field. These are Graphviz's record labels and not its HTML-like
  /// ones, because libgvc leaks every one of those.
  fileprivate func recordLabel(_ direction: ComputationGraph.Direction) -> String {
    let rows = fields.map { "{\($0.name.recordEscaped)|\($0.text.recordEscaped)}" }
    let title = label.isEmpty && !fields.isEmpty ? [] : [label.recordEscaped]
    let cells = (title + rows).joined(separator: "|")
    // Cells lie across the direction of the graph, and braces turn them.
    return direction == .topDown ? "{\(cells)}" : cells
  }
}

extension String {
  /// The text as it must stand in a cell of a record label. Characters that XML does not allow
  /// become U+FFFD, and an empty text a space, so that its cell keeps its size.
  fileprivate var recordEscaped: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "\"", "\\", "{", "}", "|", "<", ">", " ": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\r": break
      case "\t": result += "\\ \\ \\ \\ "
      case "\u{0}"..<" ", "\u{7F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result.isEmpty ? "\\ " : result
  }
}
