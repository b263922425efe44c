extension ComputationGraph {
  /// The graph with identical consecutive clusters drawn once, with `× 12` in their title.
  ///
  /// Clusters are identical if they contain the same nodes, apart from fields of numbers and the
  /// names of the clusters.
  public func foldingRepeats() -> ComputationGraph {
    var graph = self
    // Outer clusters first: clusters inside of the copies are removed with them.
    var next = 0
    while let run = graph.firstRun(from: &next) {
      if let shorter = graph.folding(run) { graph = shorter }
    }
    return graph
  }

  /// The next run of identical consecutive clusters.
  private func firstRun(from start: inout Int) -> [Int]? {
    let texts = clusterTexts()
    let siblings = Dictionary(grouping: clusters.indices) { clusters[$0].parent ?? -1 }
    while start < clusters.count {
      let first = start
      start += 1
      let run = siblings[clusters[first].parent ?? -1]!.drop { $0 < first }
        .prefix { texts[$0] == texts[first] }
      if run.count > 1 { return Array(run) }
    }
    return nil
  }

  /// A text for each cluster, equal for identical ones.
  private func clusterTexts() -> [String] {
    var texts = clusters.map { "\($0.label)\($0.repeats)\($0.fields.map(\.text))" }
    func add(_ text: String, to cluster: Int?) {
      var next = cluster
      while let place = next {
        // Names start with that of the cluster, which differs between identical ones.
        let name = clusters[place].name
        texts[place] += text.hasPrefix(name + ".") ? String(text.dropFirst(name.count)) : text
        next = clusters[place].parent
      }
    }
    for (place, cluster) in clusters.enumerated() where cluster.parent != nil {
      let name = clusters[cluster.parent!].name
      add(
        cluster.name.hasPrefix(name) ? String(cluster.name.dropFirst(name.count)) : cluster.name,
        to: cluster.parent)
      add(clusters[place].label, to: cluster.parent)
    }
    for node in nodes where node.cluster != nil {
      add(node.label, to: node.cluster)
      add(
        node.kind.rawValue
          + node.fields.filter { $0.numbers == nil }.map { "\($0.name)\($0.text)" }.joined(),
        to: node.cluster)
    }
    return texts
  }

  /// The graph with the first of several clusters standing for all; nil if that would create a
  /// cycle.
  private func folding(_ run: [Int]) -> ComputationGraph? {
    // For each cluster, the index of the copy that contains it.
    var copy = [Int?](repeating: nil, count: clusters.count)
    for (number, place) in run.enumerated() { copy[place] = number }
    for (place, cluster) in clusters.enumerated() where copy[place] == nil {
      copy[place] = cluster.parent.flatMap { copy[$0] }
    }
    var members = [[Int]](repeating: [], count: run.count)
    for (place, node) in nodes.enumerated() {
      if let number = node.cluster.flatMap({ copy[$0] }) { members[number].append(place) }
    }
    guard members.allSatisfy({ $0.count == members[0].count && !$0.isEmpty }) else { return nil }
    var original = Array(nodes.indices)
    for copy in members.dropFirst() {
      for (place, first) in zip(copy, members[0]) { original[place] = first }
    }
    func number(_ place: Int) -> Int? { nodes[place].cluster.flatMap { copy[$0] } }
    // An edge from one copy to the next would become a cycle.
    let through = edges.filter { edge in
      guard let from = number(edge.source), let to = number(edge.target) else { return true }
      return from == to
    }
    var (kept, places): ([Node], [Int?]) = ([], [])
    for (place, node) in nodes.enumerated() {
      places.append(original[place] == place ? kept.count : nil)
      if original[place] == place { kept.append(node) }
    }
    for place in nodes.indices { places[place] = places[original[place]] }
    var clusters = clusters
    clusters[run[0]].repeats *= run.count
    let folded = ComputationGraph(unchecked: nodes, through, clusters, notes)
      .rewired(kept, places, notes: notes)
    return folded.topologicalOrder().count == folded.nodes.count ? folded : nil
  }
}
