extension ComputationGraph {
  /// Two graphs side by side, such as those of one model at two steps, with the differences marked:
  /// changed fields as `old → new`, and nodes that are in only one graph.
  ///
  /// Nodes with the same kind, label and cluster are matched, in order.
  public func compared(
    with other: ComputationGraph, names: (String, String) = ("before", "after")
  ) -> ComputationGraph {
    let (mine, theirs) = (keys, other.keys)
    let places = Dictionary(uniqueKeysWithValues: zip(mine, nodes.indices))
    let known = Set(theirs)
    var changes = 0
    let left = zip(mine, nodes).map { key, node in
      var node = node
      if !known.contains(key) { node.mark = .unmatched }
      return node
    }
    let right = zip(theirs, other.nodes).map { key, node in
      var node = node
      guard let place = places[key] else {
        node.mark = .unmatched
        return node
      }
      for (index, field) in node.fields.enumerated() {
        let old = nodes[place].field(field.name)?.text
        guard old != field.text else { continue }
        let isLong = field.text.contains("\n") || (old?.contains("\n") ?? false)
        node.fields[index].text = "\(old ?? "none")\(isLong ? "\n" : " ")→ \(field.text)"
        node.mark = .changed
      }
      if node.mark == .changed { changes += 1 }
      return node
    }
    let unmatched = (left + right).count { $0.mark == .unmatched }
    return Self.sideBySide(
      (self, left, names.0), (other, right, names.1),
      note: "\(changes.grouped) changed, \(unmatched.grouped) in one only")
  }

  private struct Key: Hashable {
    let kind: Kind
    let label: String
    let cluster: String
    var number = 0
  }

  private var keys: [Key] {
    var counts: [Key: Int] = [:]
    return nodes.map { node in
      var key = Key(
        kind: node.kind, label: node.label,
        cluster: node.cluster.map { clusters[$0].name } ?? "")
      let count = counts[key, default: 0]
      counts[key] = count + 1
      key.number = count
      return key
    }
  }

  private static func sideBySide(
    _ left: (graph: Self, nodes: [Node], name: String),
    _ right: (graph: Self, nodes: [Node], name: String), note: String
  ) -> ComputationGraph {
    var (nodes, edges, clusters): ([Node], [Edge], [Cluster]) = ([], [], [])
    for side in [left, right] {
      let (firstNode, frame) = (nodes.count, clusters.count)
      clusters.append(Cluster(name: side.name, label: ""))
      clusters += side.graph.clusters.map { cluster in
        var cluster = cluster
        cluster.parent = cluster.parent.map { $0 + frame + 1 } ?? frame
        return cluster
      }
      nodes += side.nodes.map { node in
        var node = node
        node.cluster = node.cluster.map { $0 + frame + 1 } ?? frame
        return node
      }
      edges += side.graph.edges.map { edge in
        var edge = edge
        edge.source += firstNode
        edge.target += firstNode
        return edge
      }
    }
    return ComputationGraph(
      unchecked: nodes, edges, clusters, left.graph.notes + right.graph.notes + [note])
  }
}
