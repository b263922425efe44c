import Graphs

extension ModuleStructure {
  /// The nested modules as a graph: a node for each module without submodules, and frames around
  /// them. The order of calls is known only inside a ``Sequential``; `model.graph(input)` shows all
  /// connections.
  ///
  /// - Parameter foldingRepeats: whether identical consecutive blocks are drawn once.
  public func graph(foldingRepeats: Bool = true) -> ComputationGraph {
    var builder = ComputationGraph.Builder()
    _ = add(at: "", in: nil, &builder)
    return foldingRepeats ? builder.graph().foldingRepeats() : builder.graph()
  }

  /// - Returns: the first and the last node.
  private func add(
    at path: String, in cluster: Int?, _ builder: inout ComputationGraph.Builder
  ) -> (first: Int, last: Int) {
    let fields = [ComputationGraph.Field](of: text, parameters: parameterCount)
    if children.isEmpty {
      let label = name.isEmpty ? type : "\(name): \(type)"
      let place = builder.add(.init(.module, label: label, fields: fields, cluster: cluster))
      return (place, place)
    }
    let own = builder.add(
      ComputationGraph.Cluster(name: path, label: type, fields: fields, parent: cluster))
    var ends: [(first: Int, last: Int)] = []
    for child in children {
      ends.append(child.add(at: joined(path, child.name), in: own, &builder))
      if type == "Sequential", ends.count > 1 {
        builder.connect(ends[ends.count - 2].last, to: ends[ends.count - 1].first)
      }
    }
    return (ends.first!.first, ends.last!.last)
  }

  /// The number of parameter elements in this module and its submodules.
  private var parameterCount: Int {
    children.reduce(
      tensors.filter { $0.isParameter && $0.sameAs == nil }
        .reduce(0) { $0 + $1.shape.reduce(1, *) }
    ) { $0 + $1.parameterCount }
  }
}

extension [ComputationGraph.Field] {
  /// A module's arguments, one per line, and the number of elements of its parameters.
  init(of text: String, parameters: Int) {
    self = []
    if !text.isEmpty {
      // Tuples are not split.
      var (lines, depth) = ("", 0)
      for part in text.split(separator: ", ") {
        lines += lines.isEmpty ? "" : depth > 0 ? ", " : "\n"
        lines += part
        depth += part.count { $0 == "(" } - part.count { $0 == ")" }
      }
      append(.init("made with", lines))
    }
    if parameters > 0 { append(.init("parameters", "\(parameters)")) }
  }
}
