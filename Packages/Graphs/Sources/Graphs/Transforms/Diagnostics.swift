import Support

extension ComputationGraph {
  /// A problem with a node's gradient or value.
  public struct Diagnostic: Hashable, Sendable {
    /// The index of the node.
    public let node: Int
    /// The kind of the problem.
    public let mark: Mark
    /// The problem, in one line.
    public let text: String
  }

  /// Finds exploding, vanishing and NaN gradients, and dead units, when a model does not learn.
  ///
  /// Gradients of operations are in the graph of a recording, `loss.recordBackward().graph`.
  ///
  /// - Parameters:
  ///   - exploding: largest absolute value from which a gradient counts as exploding.
  ///   - vanishing: largest absolute value below which a gradient counts as vanishing, unless it is
  ///     0 everywhere.
  ///   - dead: fraction of inputs without a gradient from which a ReLU counts as dead.
  public func diagnostics(
    exploding: Double = 1e3, vanishing: Double = 1e-6, dead: Double = 0.9
  ) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for (place, node) in nodes.enumerated() {
      let broken = node.fields.first { ($0.numbers?.nans ?? 0) + ($0.numbers?.infinities ?? 0) > 0 }
      if let broken, let numbers = broken.numbers {
        found.append(
          Diagnostic(
            node: place, mark: .notANumber,
            text:
              "\(numbers.nans) NaN and \(numbers.infinities) infinite of \(numbers.count.grouped) "
              + "numbers of its \(broken.name)"))
        continue
      }
      guard let gradient = node.field("grad")?.numbers, gradient.count > 0 else { continue }
      if gradient.zeros == gradient.count {
        found.append(Diagnostic(node: place, mark: .dead, text: "its gradient is 0 everywhere"))
      } else if gradient.largest >= exploding {
        found.append(
          Diagnostic(
            node: place, mark: .exploding,
            text: "its gradient is as large as \(gradient.largest.briefDescription)"))
      } else if gradient.largest < vanishing {
        found.append(
          Diagnostic(
            node: place, mark: .vanishing,
            text: "its gradient is no larger than \(gradient.largest.briefDescription)"))
      }
    }
    return (found + deadUnits(dead)).sorted { ($0.node, $0.text) < ($1.node, $1.text) }
  }

  /// ReLUs with negative inputs almost everywhere, so that nothing upstream learns.
  private func deadUnits(_ limit: Double) -> [Diagnostic] {
    edges.compactMap { edge in
      guard nodes[edge.target].label == "relu", !edge.isSaved,
        let after = nodes[edge.target].field("grad")?.numbers, after.zeros < after.count,
        let before = nodes[edge.source].field("grad")?.numbers, before.count > 0
      else { return nil }
      let share = Double(before.zeros) / Double(before.count)
      guard share >= limit else { return nil }
      return Diagnostic(
        node: edge.target, mark: .dead,
        text: "\((100 * share).briefDescription) % of its inputs get no gradient")
    }
  }

  /// The graph with its diagnostics marked, and listed below the drawing.
  public func markingDiagnostics(
    exploding: Double = 1e3, vanishing: Double = 1e-6, dead: Double = 0.9
  ) -> ComputationGraph {
    var nodes = nodes
    let diagnostics = diagnostics(exploding: exploding, vanishing: vanishing, dead: dead)
    for diagnostic in diagnostics { nodes[diagnostic.node].mark = diagnostic.mark }
    let names = names
    let lines = diagnostics.prefix(20).map { "\(names[$0.node]): \($0.text)" }
    let rest = diagnostics.count > 20 ? ["and \((diagnostics.count - 20).grouped) more"] : []
    return ComputationGraph(unchecked: nodes, edges, clusters, notes + lines + rest)
  }

  /// The labels of the nodes, with their indices if they are not unique. For Flambeau's packages
  /// only.
  @_spi(Flambeau) public var names: [String] {
    let titles = nodes.map { $0.label.isEmpty ? $0.kind.rawValue : $0.label }
    let counts = Dictionary(grouping: titles) { $0 }.mapValues(\.count)
    return titles.enumerated().map { counts[$1]! > 1 ? "\($1) #\($0)" : $1 }
  }

  /// The memory that is kept for backward, in bytes.
  public var savedBytes: Int { nodes.reduce(0) { $0 + $1.savedBytes } }

  /// A table of the memory that is kept for backward, largest first.
  public var memoryTable: String {
    let held = nodes.indices.filter { nodes[$0].savedBytes > 0 }
      .sorted { (nodes[$1].savedBytes, $0) < (nodes[$0].savedBytes, $1) }
    // A saved value is described by the node that computed it, or else by one that uses it.
    var from: [Int: Int] = [:]
    for edge in edges where nodes[edge.target].savedBytes > 0 { from[edge.target] = edge.source }
    let names = names
    var to: [Int: Int] = [:]
    for edge in edges where nodes[edge.source].savedBytes > 0 { to[edge.source] = edge.target }
    let rows = held.map { place -> [String] in
      let node = nodes[place]
      let origin =
        from[place].map { "output of \(names[$0])" } ?? to[place].map {
          "constant of \(names[$0])"
        } ?? names[place]
      return [
        node.savedBytes.byteDescription, node.field("tensor")?.text ?? "",
        node.label.isEmpty ? origin : "\(node.label), \(origin)",
      ]
    }
    let total = "\(savedBytes.byteDescription) in all"
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      String(repeating: " ", count: widths[0] - row[0].count) + row[0] + "  " + row[1]
        + String(repeating: " ", count: widths[1] - row[1].count) + "  " + row[2]
    }
    return (lines + [total]).joined(separator: "\n")
  }
}
