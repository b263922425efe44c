import Foundation

/// A backward pass, step by step: in each step, an operation gets the gradient of its output and
/// passes on those of its inputs.
///
/// `value.recordBackward()` and `loss.recordBackward()` create one. ``frame(_:)`` is the graph at a
/// step, and ``text`` describes all steps; `GraphvizRendering` draws the frames, and a page that
/// plays them.
public struct BackwardRecording: Hashable, Codable, Sendable {
  /// The gradient that an operation passes on to one of its inputs.
  public struct Contribution: Hashable, Codable, Sendable {
    /// The index of the input's node.
    public let node: Int
    /// The local derivative, such as `∂y/∂a = b = 3`.
    public let formula: String
    /// The gradient that is passed on.
    public let gradient: ComputationGraph.Field
    /// The sum of the input's gradients so far.
    public let total: ComputationGraph.Field

    /// Creates a contribution.
    ///
    /// - Parameters:
    ///   - node: index of the input's node.
    ///   - formula: local derivative.
    ///   - gradient: gradient that is passed on.
    ///   - total: sum of the input's gradients so far.
    public init(
      node: Int, formula: String, gradient: ComputationGraph.Field, total: ComputationGraph.Field
    ) {
      (self.node, self.formula, self.gradient, self.total) = (node, formula, gradient, total)
    }
  }

  /// A step, in which one operation computes the gradients of its inputs.
  public struct Step: Hashable, Codable, Sendable {
    /// The index of the operation's node.
    public let node: Int
    /// The gradient of its output, now complete.
    public let gradient: ComputationGraph.Field
    /// The gradients that it passes on to its inputs.
    public let contributions: [Contribution]

    /// Creates a step.
    ///
    /// - Parameters:
    ///   - node: index of the operation's node.
    ///   - gradient: gradient of the operation's output.
    ///   - contributions: gradients that are passed on to the inputs.
    public init(
      node: Int, gradient: ComputationGraph.Field, contributions: [Contribution]
    ) {
      (self.node, self.gradient, self.contributions) = (node, gradient, contributions)
    }
  }

  /// The graph of the computation, with the gradients after backward.
  public let graph: ComputationGraph
  /// The index of the node where backward started.
  public let result: Int
  /// The steps, in the order in which they ran.
  public let steps: [Step]

  /// Creates a recording.
  ///
  /// - Parameters:
  ///   - graph: graph of the computation, with the gradients after backward.
  ///   - result: index of the node where backward started.
  ///   - steps: steps, in the order in which they ran.
  public init(graph: ComputationGraph, result: Int, steps: [Step]) {
    (self.graph, self.result, self.steps) = (graph, result, steps)
  }

  /// The recording as JSON, the same bytes for equal recordings. `JSONDecoder` reads it.
  public func json() -> Data { stableJSON(self) }

  static let gradientName = "grad"

  /// For each frame, the gradients that are new in it, by node. The first frame is before any step.
  @_spi(Flambeau) public var changes: [[Int: ComputationGraph.Field]] {
    let start = steps.first?.gradient ?? ComputationGraph.Field(Self.gradientName, 1)
    return [[result: start]]
      + steps.map { step in
        var changes = [step.node: step.gradient]
        for contribution in step.contributions { changes[contribution.node] = contribution.total }
        // If the value of an operation has a separate node, only that one shows the gradient.
        return changes.filter { graph.nodes[$0.key].field(Self.gradientName) != nil }
      }
  }

  /// The graph after a number of steps, from 0, with marks on the node that runs in the last of
  /// them and on those that have gradients.
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

  /// The title of a step.
  private func title(of number: Int, _ names: [String]) -> String {
    number == 0
      ? "start: the gradient of \(names[result]) is \(changes[0][result]!.line)"
      : "step \(number) of \(steps.count): \(names[steps[number - 1].node])"
  }

  /// The full description of a step.
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

  /// The descriptions of all steps, for a terminal.
  public var text: String { explanations.joined(separator: "\n") }

  /// The full description of each step. For Flambeau's packages only.
  @_spi(Flambeau) public var explanations: [String] {
    let names = graph.names
    return (0...steps.count).map { explanation(of: $0, names) }
  }
}

extension ComputationGraph.Field {
  /// The text on one line.
  var line: String { text.replacing("\n", with: ", ") }
}
