import Support

/// What a computation was made of: a directed graph of values and operations, without cycles.
///
/// It is plain data that knows nothing of tensors or of drawing. `ScalarGrad`, `Tensors` and `NN`
/// make one (`loss.graph()`, `model.graph(input)`), a ``Builder`` makes any other;
/// ``dot(direction:legend:)`` and ``mermaid(direction:)`` write it as text; importing
/// `GraphvizRendering` adds `render(to:)`.
///
/// Nodes and edges keep their order, so that the same computation always gives the same text.
public struct ComputationGraph: Hashable, Sendable {
  /// One box of the drawing.
  public struct Node: Hashable, Codable, Sendable {
    /// What it stands for.
    public var kind: Kind
    /// The node's title; may be empty and may hold any text.
    public var label: String
    /// The fields of the node, in order.
    public var fields: [Field]
    /// The innermost cluster that it belongs to, by its place in ``ComputationGraph/clusters``.
    public var cluster: Int?
    /// The memory that it keeps until backward, in bytes.
    public var savedBytes: Int
    /// What is highlighted about it.
    public var mark: Mark?

    /// Creates a node.
    ///
    /// - Parameters:
    ///   - kind: what it stands for.
    ///   - label: its label.
    ///   - fields: what stands below the label.
    ///   - cluster: the frame that it is in.
    ///   - savedBytes: memory that it keeps until backward, in bytes.
    ///   - mark: what stands out about it.
    public init(
      _ kind: Kind, label: String, fields: [Field] = [], cluster: Int? = nil, savedBytes: Int = 0,
      mark: Mark? = nil
    ) {
      self.kind = kind
      self.label = label
      self.fields = fields
      self.cluster = cluster
      self.savedBytes = savedBytes
      self.mark = mark
    }

    /// The field of a name.
    public func field(_ name: String) -> Field? { fields.first { $0.name == name } }
  }

  /// What a node stands for, which decides its shape and colour.
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    /// A value that was given, not computed, and that needs no gradient.
    case constant
    /// A value that was given and that a gradient is wanted for.
    case parameter
    /// A value that an operation computed.
    case value
    /// A computed value that backward needs, and that stays in memory until then.
    case saved
    /// An operation.
    case operation
    /// A module, or some other part of the computation, drawn as one.
    case module
  }

  /// What stands out about a node.
  public enum Mark: String, Hashable, Codable, Sendable, CaseIterable {
    /// Runs in this step of backward.
    case running
    /// Has got its gradient, or a part of it, by now.
    case reached
    /// Its gradient is too large.
    case exploding
    /// Its gradient is too small.
    case vanishing
    /// Holds a NaN or an infinity.
    case notANumber
    /// Hands on no gradient at all.
    case dead
    /// No gradient reaches it.
    case detached
    /// Not what it was in the graph that this one is compared with.
    case changed
    /// In only one of two graphs that are compared.
    case unmatched
  }

  /// A named fact about a node, such as its value or its shape.
  public struct Field: Hashable, Codable, Sendable {
    /// The name.
    public var name: String
    /// The value, as text.
    public var text: String
    /// The numbers that the text tells of, if it does.
    public var numbers: NumberSummary?

    /// Creates a field.
    ///
    /// - Parameters:
    ///   - name: name of the field.
    ///   - text: value, as text.
    ///   - numbers: summary of the numbers that the text shows.
    public init(_ name: String, _ text: String, numbers: NumberSummary? = nil) {
      self.name = name
      self.text = text
      self.numbers = numbers
    }

    /// A number, shown with four significant digits.
    public init(_ name: String, _ number: Double) {
      self.init(name, number.briefDescription, numbers: NumberSummary([number]))
    }

    /// An amount of memory, such as `390.6 KiB`.
    public init(_ name: String, bytes: Int) {
      self.init(name, bytes.byteDescription)
    }
  }

  /// An arrow between two nodes, given by their places in ``ComputationGraph/nodes``.
  public struct Edge: Hashable, Codable, Sendable {
    /// The place of the node where it begins.
    public var source: Int
    /// The place of the node where it ends.
    public var target: Int
    /// What goes along it, such as a shape; empty where there is nothing to say.
    public var label: String
    /// Whether the target only keeps the source's value for backward.
    public var isSaved: Bool
    /// Whether it stands out, as where a gradient goes along it in this step.
    public var isHighlighted = false

    /// Creates an arrow.
    ///
    /// - Parameters:
    ///   - source: place of the node where it begins.
    ///   - target: place of the node where it ends.
    ///   - label: its label.
    ///   - isSaved: whether it is only kept for backward.
    public init(from source: Int, to target: Int, label: String = "", isSaved: Bool = false) {
      self.source = source
      self.target = target
      self.label = label
      self.isSaved = isSaved
    }
  }

  /// A part of the computation, such as a module, drawn as a frame around its nodes.
  public struct Cluster: Hashable, Codable, Sendable {
    /// Its name in the whole, such as `encoder.layers.0`.
    public var name: String
    /// What it is, such as `Linear`.
    public var label: String
    /// What stands below its label.
    public var fields: [Field]
    /// The cluster around it, which comes before it in ``ComputationGraph/clusters``.
    public var parent: Int?
    /// How many of its kind, one after the other, it stands for.
    public var repeats: Int

    /// Creates a frame.
    ///
    /// - Parameters:
    ///   - name: name in the whole, such as `encoder.layers.0`.
    ///   - label: its label.
    ///   - fields: what stands below the label.
    ///   - parent: the frame around it.
    ///   - repeats: how many it stands for.
    public init(
      name: String, label: String, fields: [Field] = [], parent: Int? = nil, repeats: Int = 1
    ) {
      self.name = name
      self.label = label
      self.fields = fields
      self.parent = parent
      self.repeats = repeats
    }
  }

  /// The nodes; what a node needs comes before it.
  public let nodes: [Node]
  /// The arrows.
  public let edges: [Edge]
  /// The frames; the one around another comes before it.
  public let clusters: [Cluster]
  /// What is to be said below the drawing, such as what was folded.
  public let notes: [String]

  /// Creates a graph of nodes and arrows.
  ///
  /// - Throws: ``ComputationGraphError``, where an edge or a cluster leads nowhere or there is a
  ///   cycle.
  public init(
    nodes: [Node], edges: [Edge], clusters: [Cluster] = [], notes: [String] = []
  ) throws {
    self.init(unchecked: nodes, edges, clusters, notes)
    if let edge = edges.first(where: {
      !nodes.indices.contains($0.source) || !nodes.indices.contains($0.target)
    }) {
      throw ComputationGraphError.noSuchNode(edge, count: nodes.count)
    }
    let parents = clusters.enumerated().compactMap { place, cluster in
      cluster.parent.flatMap { (0..<place).contains($0) ? nil : $0 }
    }
    let inside = nodes.compactMap(\.cluster).filter { !clusters.indices.contains($0) }
    if let wrong = (parents + inside).first {
      throw ComputationGraphError.noSuchCluster(wrong, count: clusters.count)
    }
    let order = topologicalOrder()
    if order.count < nodes.count {
      let inCycle = Set(nodes.indices).subtracting(order).sorted()
      throw ComputationGraphError.cycle(inCycle.prefix(5).map { nodes[$0].label })
    }
  }

  /// A graph that is known to be right.
  init(unchecked nodes: [Node], _ edges: [Edge], _ clusters: [Cluster], _ notes: [String]) {
    self.nodes = nodes
    self.edges = edges
    self.clusters = clusters
    self.notes = notes
  }

  /// The graph with more nodes, which nothing leads to or from.
  public func adding(_ more: [Node]) -> ComputationGraph {
    ComputationGraph(unchecked: nodes + more, edges, clusters, notes)
  }

  /// The nodes, each after those that lead to it, or in the other direction; without those in and
  /// behind cycles. Kahn, 1962.
  func topologicalOrder(fromEnd: Bool = false) -> [Int] {
    var waiting = [Int](repeating: 0, count: nodes.count)
    for edge in edges { waiting[fromEnd ? edge.source : edge.target] += 1 }
    let (starts, targets) = neighbours(fromEnd: fromEnd)
    var order = nodes.indices.filter { waiting[$0] == 0 }
    var next = 0
    while next < order.count {
      for target in targets[starts[order[next]]..<starts[order[next] + 1]] {
        waiting[target] -= 1
        if waiting[target] == 0 { order.append(target) }
      }
      next += 1
    }
    return order
  }

  /// Where all edges lead, sorted by where they come from, and where those of each node begin.
  private func neighbours(fromEnd: Bool) -> (starts: [Int], targets: [Int]) {
    var starts = [Int](repeating: 0, count: nodes.count + 1)
    for edge in edges { starts[(fromEnd ? edge.target : edge.source) + 1] += 1 }
    for place in nodes.indices { starts[place + 1] += starts[place] }
    var (ends, targets) = (starts, [Int](repeating: 0, count: edges.count))
    for edge in edges {
      let (source, target) = fromEnd ? (edge.target, edge.source) : (edge.source, edge.target)
      targets[ends[source]] = target
      ends[source] += 1
    }
    return (starts, targets)
  }

  /// The total number of ranks that edges span, which determines the cost of drawing.
  var totalSpan: Int {
    var ranks = [Int](repeating: 0, count: nodes.count)
    let (starts, targets) = neighbours(fromEnd: false)
    for place in topologicalOrder() {
      for target in targets[starts[place]..<starts[place + 1]] {
        ranks[target] = max(ranks[target], ranks[place] + 1)
      }
    }
    // What nothing leads to stands right before the first that uses it.
    var isGiven = [Bool](repeating: true, count: nodes.count)
    for edge in edges { isGiven[edge.target] = false }
    for place in nodes.indices where isGiven[place] {
      let uses = targets[starts[place]..<starts[place + 1]]
      ranks[place] = (uses.map { ranks[$0] }.min() ?? 1) - 1
    }
    return edges.reduce(0) { $0 + ranks[$1.target] - ranks[$1.source] }
  }
}
