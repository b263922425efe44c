extension ComputationGraph {
  /// The nesting depth of the clusters; 0 without any.
  public var depth: Int { (clusterDepths.max() ?? -1) + 1 }

  /// The depth of each cluster, from 0.
  private var clusterDepths: [Int] {
    var depths = [Int](repeating: 0, count: clusters.count)
    for (place, cluster) in clusters.enumerated() {
      if let parent = cluster.parent { depths[place] = depths[parent] + 1 }
    }
    return depths
  }

  /// The graph with each cluster at a depth drawn as one node; 0 folds the outermost ones.
  ///
  /// The node shows the fields of its cluster, or else the numbers of operations and parameters in
  /// it.
  public func folded(toDepth depth: Int) -> ComputationGraph {
    let depths = clusterDepths
    guard let deepest = depths.max(), deepest >= depth, depth >= 0 else { return self }
    // For each cluster, the folded one that contains it, which may be itself.
    var folded = [Int?](repeating: nil, count: clusters.count)
    for place in clusters.indices {
      folded[place] =
        depths[place] < depth
        ? nil : depths[place] == depth ? place : folded[clusters[place].parent!]
    }
    return folding { folded[$0] }
  }

  /// The graph with the clusters that `isFolded` selects drawn as one node each.
  public func folded(where isFolded: (Cluster) -> Bool) -> ComputationGraph {
    var folded = [Int?](repeating: nil, count: clusters.count)
    for (place, cluster) in clusters.enumerated() {
      folded[place] = cluster.parent.flatMap { folded[$0] } ?? (isFolded(cluster) ? place : nil)
    }
    return folding { folded[$0] }
  }

  private func folding(_ cluster: (Int) -> Int?) -> ComputationGraph {
    collapsing(nodes.map { $0.cluster.flatMap(cluster) }) { place, members in
      let cluster = clusters[place]
      return Node(
        .module, label: title(ofCluster: place),
        fields: cluster.fields.isEmpty ? contents(members) : cluster.fields,
        cluster: cluster.parent, savedBytes: members.reduce(0) { $0 + nodes[$1].savedBytes },
        mark: members.compactMap { nodes[$0].mark }.first)
    }
  }

  /// The graph reduced to a size that can be drawn, with a note: values with many uses are drawn
  /// once per use, then clusters are folded, innermost first, and then all nodes but the last are
  /// drawn as one.
  ///
  /// - Parameter maxNodes: maximum number of nodes. Edges may span 25 ranks per node in total.
  public func fitted(to maxNodes: Int) -> ComputationGraph {
    let maxNodes = max(maxNodes, 2)
    // With so few nodes, an edge cannot span more than 25 ranks.
    if nodes.count <= 25 { return self }
    let maxSpan = 25 * min(maxNodes, 1 << 40)
    func fits(_ graph: ComputationGraph) -> Bool {
      graph.nodes.count <= maxNodes && graph.totalSpan <= maxSpan
    }
    if fits(self) { return self }
    let whole = splittingHubs()
    if fits(whole) { return whole }
    var graph = whole
    var depth = whole.depth
    while !fits(graph), depth > 0 {
      depth -= 1
      graph = whole.folded(toDepth: depth)
    }
    let note = "folded from \(nodes.count.grouped) nodes"
    if fits(graph) {
      return graph.noting("\(note): frames nested deeper than \(depth) are drawn as one node each")
    }
    var kept = min(maxNodes, graph.nodes.count) - 1
    var short = graph.keepingLast(kept)
    while !fits(short), kept > 1 {
      kept /= 2
      short = graph.keepingLast(kept)
    }
    return short.noting("\(note): the last \(kept.grouped) are drawn")
  }

  /// The graph with all but its last nodes drawn as one.
  private func keepingLast(_ count: Int) -> ComputationGraph {
    var group = [Int?](repeating: 0, count: nodes.count)
    for place in topologicalOrder(fromEnd: true).prefix(count) { group[place] = nil }
    return collapsing(group) { _, members in
      Node(.module, label: "\(members.count.grouped) earlier nodes", fields: contents(members))
    }
  }

  private func noting(_ note: String) -> ComputationGraph {
    ComputationGraph(unchecked: nodes, edges, clusters, notes + [note])
  }

  /// The graph with parameters and constants that have many uses drawn once for each, so that no
  /// arrows cross the whole drawing.
  func splittingHubs(uses limit: Int = 8) -> ComputationGraph {
    var uses = [Int](repeating: 0, count: nodes.count)
    var isGiven = nodes.map { $0.kind == .parameter || $0.kind == .constant }
    for edge in edges {
      uses[edge.source] += 1
      isGiven[edge.target] = false
    }
    var nodes = nodes
    var isUsed = [Bool](repeating: false, count: nodes.count)
    let edges = edges.map { edge in
      var edge = edge
      guard isGiven[edge.source], uses[edge.source] > limit else { return edge }
      if isUsed[edge.source] {
        var copy = nodes[edge.source]
        copy.cluster = nodes[edge.target].cluster
        copy.savedBytes = 0
        if !copy.label.isEmpty { copy.fields = [] }
        nodes.append(copy)
        edge.source = nodes.count - 1
      } else {
        isUsed[edge.source] = true
      }
      return edge
    }
    return ComputationGraph(unchecked: nodes, edges, clusters, notes)
  }

  /// The graph with only the nodes that `isKept` accepts, and the edges between them.
  public func filtered(where isKept: (Node) -> Bool) -> ComputationGraph {
    var (kept, places): ([Node], [Int?]) = ([], [])
    for node in nodes {
      places.append(isKept(node) ? kept.count : nil)
      if isKept(node) { kept.append(node) }
    }
    return rewired(kept, places, notes: notes)
  }
}

extension Int {
  /// With commas as thousands separators.
  var grouped: String {
    let digits = String(magnitude)
    let parts = stride(from: digits.count, to: 0, by: -3).map { end in
      digits.dropLast(digits.count - end).suffix(3)
    }
    return (self < 0 ? "-" : "") + parts.reversed().joined(separator: ",")
  }
}
