import Foundation

/// A run of backward, step by step: at each one an operation gets the gradient of its output and
/// hands on those of its inputs.
///
/// `value.recordBackward()` and `loss.recordBackward()` make one. ``frame(_:)`` is the graph at a
/// step, ``text`` tells it all; `GraphvizRendering` draws the frames and makes a page that plays
/// them.
public struct BackwardRecording: Hashable, Codable, Sendable {
  /// What an operation hands on to one of its inputs.
  public struct Contribution: Hashable, Codable, Sendable {
    /// The input's node.
    public let node: Int
    /// The local derivative, such as `∂(a·b)/∂a = b`.
    public let formula: String
    /// What is handed on.
    public let gradient: ComputationGraph.Field
    /// The sum of all that the input has got by now.
    public let total: ComputationGraph.Field

    /// Creates a contribution.
    ///
    /// - Parameters:
    ///   - node: place of the input's node.
    ///   - formula: local derivative.
    ///   - gradient: gradient that is handed on.
    ///   - total: sum of all gradients of the input so far.
    public init(
      node: Int, formula: String, gradient: ComputationGraph.Field, total: ComputationGraph.Field
    ) {
      (self.node, self.formula, self.gradient, self.total) = (node, formula, gradient, total)
    }
  }

  /// One step: an operation gets its gradient and hands others on.
  public struct Step: Hashable, Codable, Sendable {
    /// The operation that runs.
    public let node: Int
    /// The gradient of its output, now complete.
    public let gradient: ComputationGraph.Field
    /// What it hands on to its inputs.
    public let contributions: [Contribution]

    /// Creates a step.
    ///
    /// - Parameters:
    ///   - node: place of the operation's node.
    ///   - gradient: gradient of the operation's output.
    ///   - contributions: gradients that are handed on to the inputs.
    public init(
      node: Int, gradient: ComputationGraph.Field, contributions: [Contribution]
    ) {
      (self.node, self.gradient, self.contributions) = (node, gradient, contributions)
    }
  }

  /// The computation, with the gradients that backward left.
  public let graph: ComputationGraph
  /// The node that backward began at.
  public let result: Int
  /// The steps, in the order in which they ran.
  public let steps: [Step]

  /// Creates a recording.
  ///
  /// - Parameters:
  ///   - graph: the computation, with its gradients.
  ///   - result: place of the node that backward began at.
  ///   - steps: steps, in the order in which they ran.
  public init(graph: ComputationGraph, result: Int, steps: [Step]) {
    (self.graph, self.result, self.steps) = (graph, result, steps)
  }

  /// The recording as JSON, the same bytes for the same one. `JSONDecoder` reads it.
  public func json() -> Data { stableJSON(self) }

  static let gradientName = "grad"

  /// For each frame, what is new in it: the gradients that nodes have from then on. The first is
  /// the one before any step, the last one all has run.
  @_spi(Flambeau) public var changes: [[Int: ComputationGraph.Field]] {
    let start = steps.first?.gradient ?? ComputationGraph.Field(Self.gradientName, 1)
    return [[result: start]]
      + steps.map { step in
        var changes = [step.node: step.gradient]
        for contribution in step.contributions { changes[contribution.node] = contribution.total }
        // In some graphs an operation has a node for its value besides, and that one shows the
        // gradient.
        return changes.filter { graph.nodes[$0.key].field(Self.gradientName) != nil }
      }
  }

  /// The graph at a step, from 0, before any, to the number of steps: the node that runs is marked,
  /// and so are those that have gradients by now.
  public func frame(_ number: Int) -> ComputationGraph {
    guard (0...steps.count).contains(number) else {
      fatalError("BackwardRecording.frame: \(number) is not from 0 to \(steps.count)")
    }
    var known: [Int: ComputationGraph.Field] = [:]
    for change in changes.prefix(number + 1) { known.merge(change) { $1 } }
    let running = number > 0 ? steps[number - 1] : nil
    let nodes = graph.nodes.enumerated().map { place, node in
      var node = node
      node.fields.removeAll { $0.name == Self.gradientName }
      if var field = known[place] {
        field.name = Self.gradientName
        node.fields.append(field)
        node.mark = .reached
      }
      if place == running?.node { node.mark = .running }
      return node
    }
    let lit = Set(running?.contributions.map(\.node) ?? [])
    let edges = graph.edges.map { edge in
      var edge = edge
      edge.isHighlighted =
        edge.target == running?.node && lit.contains(edge.source) && !edge.isSaved
      return edge
    }
    return ComputationGraph(
      unchecked: nodes, edges, graph.clusters, [title(of: number, graph.names)])
  }

  /// What happens at a step, in a line.
  private func title(of number: Int, _ names: [String]) -> String {
    number == 0
      ? "start: the gradient of \(names[result]) is \(changes[0][result]!.line)"
      : "step \(number) of \(steps.count): \(names[steps[number - 1].node])"
  }

  /// What happens at a step, in full.
  public func explanation(of number: Int) -> String { explanation(of: number, graph.names) }

  private func explanation(of number: Int, _ names: [String]) -> String {
    guard number > 0 else { return title(of: 0, names) }
    let step = steps[number - 1]
    let lines = step.contributions.map { contribution in
      let total = contribution.total.line
      let gradient = contribution.gradient.line
      return
        "  to \(names[contribution.node]): \(contribution.formula)\n    hands on \(gradient)"
        + (total == gradient ? "" : ", which makes \(total)")
    }
    return (["\(title(of: number, names)) gets \(step.gradient.line)"] + lines).joined(
      separator: "\n")
  }

  /// All steps, for a terminal.
  public var text: String { explanations.joined(separator: "\n") }

  /// What happens at each step, in full. For Flambeau's packages only.
  @_spi(Flambeau) public var explanations: [String] {
    let names = graph.names
    return (0...steps.count).map { explanation(of: $0, names) }
  }
}

extension ComputationGraph.Field {
  /// The text in one line.
  var line: String { text.replacing("\n", with: ", ") }
}
