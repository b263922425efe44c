// The appearance of nodes, in all formats. The hues are safe for color-blind readers (Okabe and
// Ito, 2008), and color is never the only cue: kinds also differ in shape or border, marks in text.

struct Appearance {
  let border: String
  let fill: String
  var isRounded = false
  var isBold = false
  var isDashed = false
  /// The text in the legend.
  let meaning: String
}

extension ComputationGraph {
  /// The color of an edge that a gradient goes along.
  @_spi(Flambeau) public static let highlight = "#b35900"
}

extension ComputationGraph.Kind {
  var appearance: Appearance {
    switch self {
    case .constant:
      Appearance(border: "#6b7280", fill: "#f2f2f2", isDashed: true, meaning: "constant")
    case .parameter:
      Appearance(border: "#0072b2", fill: "#dcecf7", isBold: true, meaning: "requires a gradient")
    case .value: Appearance(border: "#5a6472", fill: "#ffffff", meaning: "computed value")
    case .saved:
      Appearance(border: "#007a5a", fill: "#d9f2ea", isDashed: true, meaning: "kept for backward")
    case .operation:
      Appearance(border: "#b35900", fill: "#ffe9cc", isRounded: true, meaning: "operation")
    case .module:
      Appearance(
        border: "#8a4a76", fill: "#f7e6f0", isRounded: true, isBold: true,
        meaning: "module, or several nodes as one")
    }
  }
}

extension ComputationGraph.Mark {
  /// The text on a node, and in the legend.
  var text: String {
    switch self {
    case .running: "▶ runs now"
    case .reached: "✓ has its gradient"
    case .exploding: "▲ exploding gradient"
    case .vanishing: "▽ vanishing gradient"
    case .notANumber: "✗ NaN or infinite"
    case .dead: "○ dead: passes on no gradient"
    case .detached: "✂ gets no gradient"
    case .changed: "≠ changed"
    case .unmatched: "± only here"
    }
  }

  @_spi(Flambeau) public var fill: String {
    switch self {
    case .running: "#f0e442"
    case .reached: "#e3f4d7"
    case .exploding: "#ffb38a"
    case .vanishing: "#cfeafb"
    case .notANumber: "#f5a3a3"
    case .dead: "#c9ccd1"
    case .detached: "#e2d5c3"
    case .changed: "#f3cfe3"
    case .unmatched: "#e8e3ff"
    }
  }
}

extension ComputationGraph {
  /// The kinds and marks that occur, in order, for the legend.
  var legend: [Node] {
    let kinds = Set(nodes.map(\.kind))
    let marks = Set(nodes.compactMap(\.mark))
    return Kind.allCases.filter(kinds.contains).map { Node($0, label: $0.appearance.meaning) }
      + Mark.allCases.filter(marks.contains).map { Node(.value, label: "", mark: $0) }
  }
}

extension ComputationGraph.Node {
  /// Title, fields and mark as rows of one or two cells.
  var rows: [[String]] {
    let title = label.isEmpty && !(fields.isEmpty && mark == nil) ? [] : [[label]]
    // A node that shows its gradient needs no note.
    let note = mark == .reached && field("grad") != nil ? nil : mark?.text
    return title + fields.map { [$0.name, $0.text] } + (note.map { [[$0]] } ?? [])
  }

  var fill: String { mark?.fill ?? kind.appearance.fill }
}

extension ComputationGraph {
  /// The title of a cluster's frame: its name relative to its parent, its type, and its repeats.
  func title(ofCluster place: Int) -> String {
    let cluster = clusters[place]
    var name = cluster.name
    if let outer = cluster.parent.map({ clusters[$0].name + "." }), name.hasPrefix(outer) {
      name.removeFirst(outer.count)
    }
    let own = [name, cluster.label].filter { !$0.isEmpty }.joined(separator: ": ")
    return cluster.repeats > 1 ? "\(own) × \(cluster.repeats)" : own
  }
}
