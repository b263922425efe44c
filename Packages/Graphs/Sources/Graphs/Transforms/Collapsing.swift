extension ComputationGraph {
  /// The graph with groups of nodes merged into one node each.
  ///
  /// - Parameters:
  ///   - group: for each node, its group, or nil.
  ///   - node: the node for a group, given the indices of its nodes.
  func collapsing(
    _ group: [Int?], into node: (Int, [Int]) -> Node
  ) -> ComputationGraph {
    var members: [Int: [Int]] = [:]
    for (place, group) in group.enumerated() {
      if let group { members[group, default: []].append(place) }
    }
    var places = [Int](repeating: 0, count: nodes.count)
    var placeOfGroup: [Int: Int] = [:]
    var kept: [Node] = []
    for place in nodes.indices {
      guard let group = group[place] else {
        places[place] = kept.count
        kept.append(nodes[place])
        continue
      }
      if placeOfGroup[group] == nil {
        placeOfGroup[group] = kept.count
        kept.append(node(group, members[group]!))
      }
      places[place] = placeOfGroup[group]!
    }
    return rewired(kept, places, notes: notes)
  }

  /// The graph with new nodes, and its edges between their new indices, without duplicates and self
  /// loops. Empty clusters are removed.
  ///
  /// - Parameter places: for each current node, its new index; nil if it is removed.
  func rewired(_ nodes: [Node], _ places: [Int?], notes: [String]) -> ComputationGraph {
    var seen: Set<Edge> = []
    var kept: [Edge] = []
    for edge in edges {
      guard let source = places[edge.source], let target = places[edge.target], source != target
      else { continue }
      var moved = edge
      (moved.source, moved.target) = (source, target)
      if seen.insert(moved).inserted { kept.append(moved) }
    }
    // Nonempty clusters and their parents.
    var isUsed = [Bool](repeating: false, count: clusters.count)
    for node in nodes {
      var next = node.cluster
      while let cluster = next, !isUsed[cluster] {
        isUsed[cluster] = true
        next = clusters[cluster].parent
      }
    }
    var newPlaces = [Int?](repeating: nil, count: clusters.count)
    var keptClusters: [Cluster] = []
    for place in clusters.indices where isUsed[place] {
      newPlaces[place] = keptClusters.count
      var cluster = clusters[place]
      cluster.parent = cluster.parent.flatMap { newPlaces[$0] }
      keptClusters.append(cluster)
    }
    let moved = nodes.map { node in
      var node = node
      node.cluster = node.cluster.flatMap { newPlaces[$0] }
      return node
    }
    return ComputationGraph(unchecked: moved, kept, keptClusters, notes)
  }

  /// The numbers of operations and parameters among nodes, and the memory that they keep.
  func contents(_ places: [Int]) -> [Field] {
    func count(_ kind: Kind) -> Int { places.count { nodes[$0].kind == kind } }
    let held = places.reduce(0) { $0 + nodes[$1].savedBytes }
    var fields: [Field] = []
    let operations = count(.operation)
    if operations > 0 { fields.append(Field("operations", "\(operations)")) }
    let parameters = count(.parameter)
    if parameters > 0 { fields.append(Field("parameters", "\(parameters)")) }
    if held > 0 { fields.append(Field("held", bytes: held)) }
    return fields
  }
}
