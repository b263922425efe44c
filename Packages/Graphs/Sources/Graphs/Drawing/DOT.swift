extension ComputationGraph {
  /// The direction of the arrows of a drawing.
  public enum Direction: String, Sendable, CaseIterable {
    /// From top to bottom.
    case topDown = "TB"
    /// From left to right.
    case leftRight = "LR"
  }

  /// The graph in Graphviz's DOT language. Nodes and edges have the ids `node0`, `edge0` and so on,
  /// which are kept in an SVG.
  ///
  /// Equal graphs give equal bytes.
  /// Language: <https://graphviz.org/doc/info/lang.html>
  ///
  /// - Parameters:
  ///   - direction: direction of the arrows.
  ///   - legend: whether to add a legend of shapes and colors.
  public func dot(direction: Direction = .topDown, legend: Bool = false) -> String {
    var text = """
      digraph computation {
        graph [rankdir=\(direction.rawValue), nodesep=0.25, ranksep=0.35, bgcolor=white, \(Self.font), fontsize=11\(notesLabel)]
        node [height=0.3, \(Self.font), fontsize=11]
        edge [color="#5a6472", arrowsize=0.6, \(Self.font), fontsize=9]

      """
    if legend { text += legendDOT(direction) }
    let inside = Dictionary(grouping: nodes.indices.filter { nodes[$0].cluster != nil }) {
      nodes[$0].cluster!
    }
    for place in nodes.indices where nodes[place].cluster == nil {
      text += nodes[place].dot("\(place)", direction, indent: 1)
    }
    forEachClusterInOrder(
      open: { place, depth in
        let indent = String(repeating: "  ", count: depth)
        text += "\(indent)subgraph cluster_\(place) {\n"
        text +=
          "\(indent)  graph [label=\"\(title(ofCluster: place).quoted)\", labelloc=t, labeljust=l, style=rounded, "
          + "color=\"#8a4a76\", fontcolor=\"#5b2f4e\"]\n"
        for node in inside[place] ?? [] {
          text += nodes[node].dot("\(node)", direction, indent: depth + 1)
        }
      }, close: { depth in text += String(repeating: "  ", count: depth) + "}\n" })
    for (place, edge) in edges.enumerated() {
      var attributes = ["id=edge\(place)"]
      if !edge.label.isEmpty { attributes.append("label=\" \(edge.label.quoted)\"") }
      if edge.isSaved { attributes += ["style=dashed", "color=\"#007a5a\""] }
      if edge.isHighlighted { attributes += ["penwidth=3", "color=\"\(Self.highlight)\""] }
      text += "  \(edge.source) -> \(edge.target) [\(attributes.joined(separator: ", "))]\n"
    }
    return text + "}\n"
  }

  private static let font = "fontname=\"Helvetica,Arial,sans-serif\""

  private var notesLabel: String {
    if notes.isEmpty { return "" }
    return ", labelloc=b, label=\"\(notes.map(\.quoted).joined(separator: "\\n"))\""
  }

  /// The legend: a node for each kind and mark that occurs, below a title. It has no frame, since
  /// libgvc leaks some memory with each.
  private func legendDOT(_ direction: Direction) -> String {
    let entries = self.legend
    var text = "  legend [id=legend, shape=plaintext, label=\"Legend\"]\n"
    for (place, node) in entries.enumerated() {
      text += node.dot("legend\(place)", direction, indent: 1)
    }
    let chain = entries.indices.map { "legend\($0)" }.joined(separator: " -> ")
    return text + (entries.isEmpty ? "" : "  legend -> \(chain) [style=invis]\n")
  }

  /// Visits the clusters in depth-first order, with their depths, from 1.
  func forEachClusterInOrder(open: (Int, Int) -> Void, close: (Int) -> Void) {
    let inner = Dictionary(grouping: clusters.indices) { clusters[$0].parent ?? -1 }
    var stack = (inner[-1] ?? []).reversed().map { (place: $0, depth: 1, isOpen: false) }
    while let (place, depth, isOpen) = stack.popLast() {
      if isOpen {
        close(depth)
        continue
      }
      open(place, depth)
      stack.append((place, depth, true))
      stack += (inner[place] ?? []).reversed().map { ($0, depth + 1, false) }
    }
  }
}

extension ComputationGraph.Node {
  fileprivate func dot(
    _ name: String, _ direction: ComputationGraph.Direction, indent: Int
  ) -> String {
    let look = kind.appearance
    var styles = ["filled"]
    if look.isBold || (mark != nil && mark != .reached) { styles.append("bold") }
    if look.isDashed { styles.append("dashed") }
    return String(repeating: "  ", count: indent)
      + "\(name) [id=node\(name), shape=\(look.isRounded ? "Mrecord" : "record"), "
      + "style=\"\(styles.joined(separator: ","))\", color=\"\(look.border)\", fillcolor=\"\(fill)\", "
      + "label=\"\(recordLabel(direction))\"]\n"
  }

  /// The title and a row for each field, as a record label, since libgvc leaks HTML-like ones.
  private func recordLabel(_ direction: ComputationGraph.Direction) -> String {
    let cells = rows.map { row in
      row.count == 1
        ? row[0].recordEscaped : "{\(row.map(\.recordEscaped).joined(separator: "|"))}"
    }
    // Cells are laid out across the direction of the graph; braces flip that.
    let joined = cells.joined(separator: "|")
    return direction == .topDown ? "{\(joined)}" : joined
  }
}

extension String {
  /// The text escaped for a cell of a record label. Characters that XML does not allow become
  /// U+FFFD, and an empty text becomes a space, so that its cell keeps its size.
  fileprivate var recordEscaped: String {
    let result = escaped { scalar in
      switch scalar {
      case "\"", "\\", "{", "}", "|", "<", ">", " ": "\\\(scalar)"
      case "\t": "\\ \\ \\ \\ "
      default: nil
      }
    }
    return result.isEmpty ? "\\ " : result
  }

  /// The text escaped for quotes.
  fileprivate var quoted: String {
    escaped { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "\t": "    "
      default: nil
      }
    }
  }

  private func escaped(_ special: (Unicode.Scalar) -> String?) -> String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "\n": result += "\\n"
      case "\r": break
      case "\t": result += special(scalar) ?? "    "
      case "\u{0}"..<" ", "\u{7F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default:
        if let text = special(scalar) {
          result += text
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }
}
