@_exported import Graphs

extension Value {
  /// The history of this value as a graph: a box for each value, with its number and its gradient,
  /// and a rounded box for the operation that made it.
  public func graph() -> ComputationGraph {
    var history: [Value] = []
    walkBack(reach: { _ in }, visit: { history.append($0) })

    var graph = ComputationGraph()
    var places: [ObjectIdentifier: Int] = [:]
    for value in history.reversed() {
      let kind: ComputationGraph.Node.Kind = value.operation == .given ? .parameter : .value
      let node = ComputationGraph.Node(
        kind, label: value.label,
        fields: [.init("data", value.data), .init("grad", value.grad)])
      if value.operation == .given {
        places[ObjectIdentifier(value)] = graph.add(node)
      } else {
        let operation = graph.add(.init(.operation, label: value.operation.rawValue))
        value.forEachInput { graph.connect(places[ObjectIdentifier($0)]!, to: operation) }
        let place = graph.add(node)
        graph.connect(operation, to: place)
        places[ObjectIdentifier(value)] = place
      }
    }
    return graph
  }
}
