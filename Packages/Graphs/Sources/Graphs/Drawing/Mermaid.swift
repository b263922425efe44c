extension ComputationGraph {
  /// The graph as a Mermaid flowchart, which GitHub and others draw in a Markdown block of the
  /// language `mermaid`. Language: <https://mermaid.js.org/syntax/flowchart.html>
  public func mermaid(direction: Direction = .topDown) -> String {
    var text = "flowchart \(direction.rawValue)\n"
    let inside = Dictionary(grouping: nodes.indices) { nodes[$0].cluster ?? -1 }
    for place in inside[-1] ?? [] { text += nodes[place].mermaid(place, indent: 1) }
    forEachClusterInOrder(
      open: { place, depth in
        let indent = String(repeating: "  ", count: depth)
        text += "\(indent)subgraph c\(place)[\"\(title(ofCluster: place).mermaidEscaped)\"]\n"
        for node in inside[place] ?? [] { text += nodes[node].mermaid(node, indent: depth + 1) }
      }, close: { depth in text += String(repeating: "  ", count: depth) + "end\n" })
    for edge in edges {
      let label = edge.label.isEmpty ? "" : "|\"\(edge.label.mermaidEscaped)\"|"
      text += "  n\(edge.source) \(edge.isSaved ? "-.->" : "-->")\(label) n\(edge.target)\n"
    }
    let kinds = Set(nodes.map(\.kind))
    for kind in Kind.allCases where kinds.contains(kind) {
      let look = kind.appearance
      let dash = look.isDashed ? ",stroke-dasharray:4 3" : ""
      text +=
        "  classDef \(kind.rawValue) fill:\(look.fill),stroke:\(look.border),color:#111111\(dash)\n"
    }
    let marks = Set(nodes.compactMap(\.mark))
    for mark in Mark.allCases where marks.contains(mark) {
      text += "  classDef \(mark.rawValue) fill:\(mark.fill),color:#111111,stroke-width:3px\n"
    }
    return text
  }
}

extension ComputationGraph.Node {
  fileprivate func mermaid(_ place: Int, indent: Int) -> String {
    let label = rows.map { $0.map(\.mermaidEscaped).joined(separator: ": ") }
      .joined(separator: "<br/>")
    let (open, close) = kind.appearance.isRounded ? ("(", ")") : ("[", "]")
    let style = mark?.rawValue ?? kind.rawValue
    return String(repeating: "  ", count: indent)
      + "n\(place)\(open)\"\(label.isEmpty ? " " : label)\"\(close):::\(style)\n"
  }
}

extension String {
  /// The text with all characters but letters, digits and harmless ones as numeric entities.
  fileprivate var mermaidEscaped: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": result += "<br/>"
      case "a"..."z", "A"..."Z", "0"..."9", " ", ".", ",", "+", "-", "_", "/", "=", "±", "·", "×":
        result.unicodeScalars.append(scalar)
      default: result += "#\(scalar.value);"
      }
    }
    return result
  }
}
