import Graphs

extension ModuleStructure {
  /// The modules inside one another as a graph: one node for each that holds no others, and frames
  /// around them. Only of a ``Sequential`` is it known what comes after what; `model.graph(input)`
  /// knows all.
  ///
  /// - Parameter foldingRepeats: whether blocks that are alike and follow one another are drawn
  ///   once.
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

  /// How many numbers are parameters in this module and those inside it.
  private var parameterCount: Int {
    children.reduce(
      tensors.filter { $0.isParameter && $0.sameAs == nil }
        .reduce(0) { $0 + $1.shape.reduce(1, *) }
    ) { $0 + $1.parameterCount }
  }
}

extension [ComputationGraph.Field] {
  /// What a module is made with, an argument a line, and how many numbers its parameters are.
  init(of text: String, parameters: Int) {
    self = []
    if !text.isEmpty {
      // Tuples stay together.
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
