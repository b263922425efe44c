extension ComputationGraph {
  /// How deep clusters lie inside one another; 0 without any.
  public var depth: Int { (clusterDepths.max() ?? -1) + 1 }

  /// How deep each cluster is, from 0 on.
  private var clusterDepths: [Int] {
    var depths = [Int](repeating: 0, count: clusters.count)
    for (place, cluster) in clusters.enumerated() {
      if let parent = cluster.parent { depths[place] = depths[parent] + 1 }
    }
    return depths
  }

  /// The graph with each cluster that lies inside so many others drawn as one node; 0 folds all of
  /// them.
  ///
  /// What a cluster's node says is how many operations and parameters are in it.
  public func folded(toDepth depth: Int) -> ComputationGraph {
    let depths = clusterDepths
    guard let deepest = depths.max(), deepest >= depth, depth >= 0 else { return self }
    // For each cluster, the one around it, or itself, that is folded.
    var folded = [Int?](repeating: nil, count: clusters.count)
    for place in clusters.indices {
      folded[place] =
        depths[place] < depth
        ? nil : depths[place] == depth ? place : folded[clusters[place].parent!]
    }
    return folding { folded[$0] }
  }

  /// The graph with the clusters that `isFolded` chooses, and all inside them, drawn as one node
  /// each.
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

  /// The graph with no more than a drawing can show, and a note of what was done for that: values
  /// that many use are drawn for each use, clusters are folded, the innermost first, and then all
  /// that comes before the last nodes is drawn as one.
  ///
  /// - Parameter maxNodes: maximum number of nodes. Edges may span 25 ranks for each.
  public func fitted(to maxNodes: Int) -> ComputationGraph {
    let maxNodes = max(maxNodes, 2)
    // With fewer nodes there are no more ranks than that.
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
      return graph.noting("\(note): what is deeper than \(depth) frames is one node each")
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

  /// The graph with given values that many nodes use drawn once more for each use, so that no
  /// arrows go across all of it.
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

  /// The graph without some of its nodes, and the edges to and from them.
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
  /// With a comma after each three digits.
  var grouped: String {
    let digits = String(magnitude)
    let parts = stride(from: digits.count, to: 0, by: -3).map { end in
      digits.dropLast(digits.count - end).suffix(3)
    }
    return (self < 0 ? "-" : "") + parts.reversed().joined(separator: ",")
  }
}
