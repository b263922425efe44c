@_exported import Graphs

extension Tensor {
  /// How this tensor was computed, as a graph: a box for each leaf that requires a gradient, a
  /// rounded box for each operation, with the shape that came out of it and the memory that it holds
  /// until backward, and this tensor at the end.
  ///
  /// - Parameter names: the leaves' names, such as a model's named parameters.
  public func graph(names: StateDict = [:]) -> ComputationGraph {
    var graph = ComputationGraph()
    var labels: [ObjectIdentifier: String] = [:]
    for (name, tensor) in names {
      if let node = tensor.node { labels[ObjectIdentifier(node)] = name }
    }
    var places: [ObjectIdentifier: Int] = [:]
    for node in history {
      let key = ObjectIdentifier(node)
      var fields = [ComputationGraph.Field("shape", node.shape.description)]
      if node.dtype != .float32 { fields.append(.init("dtype", node.dtype.description)) }
      let held = node.bytesHeld
      if held > 0 { fields.append(.init("held", bytes: held)) }
      let place =
        node.isLeaf
        ? graph.add(.init(.parameter, label: labels[key] ?? "", fields: fields))
        : graph.add(.init(.operation, label: node.operation, fields: fields))
      node.forEachEdge { _, input in graph.connect(places[ObjectIdentifier(input)]!, to: place) }
      places[key] = place
    }
    guard let node, !node.isLeaf else { return graph }
    let value =
      numel == 1 ? [.init("value", item())] : [ComputationGraph.Field("shape", shape.description)]
    graph.connect(
      places[ObjectIdentifier(node)]!, to: graph.add(.init(.value, label: "", fields: value)))
    return graph
  }

  /// The nodes that this tensor depends on, from the earliest to its own.
  private var history: [Node] {
    guard let node else { return [] }
    var seen: Set = [ObjectIdentifier(node)]
    var nodes: [Node] = []
    var stack = [node]
    while let node = stack.popLast() {
      nodes.append(node)
      node.forEachEdge { _, input in
        if seen.insert(ObjectIdentifier(input)).inserted { stack.append(input) }
      }
    }
    return nodes.sorted { $0.sequence < $1.sequence }
  }
}
