import Support

/// The graph of a computation: a directed acyclic graph of values and operations.
///
/// It is plain data, independent of tensors and of drawing. `ScalarGrad`, `Tensors` and `NN` create
/// graphs (`loss.graph()`, `model.graph(input)`), a ``Builder`` creates any other;
/// ``dot(direction:legend:)`` and ``mermaid(direction:)`` write them as text; importing
/// `GraphvizRendering` adds `render(to:)`.
///
/// Nodes and edges keep their order, so that the same computation always gives the same text.
public struct ComputationGraph: Hashable, Sendable {
  /// A node, drawn as a box.
  public struct Node: Hashable, Codable, Sendable {
    /// The kind of the node.
    public var kind: Kind
    /// The node's title; may be empty and may hold any text.
    public var label: String
    /// The fields of the node, in order.
    public var fields: [Field]
    /// The innermost cluster that contains it, an index into ``ComputationGraph/clusters``.
    public var cluster: Int?
    /// The memory that it keeps until backward, in bytes.
    public var savedBytes: Int
    /// The mark that highlights it, if any.
    public var mark: Mark?

    /// Creates a node.
    ///
    /// - Parameters:
    ///   - kind: kind of the node.
    ///   - label: title of the node.
    ///   - fields: fields below the title.
    ///   - cluster: index of the innermost cluster that contains it.
    ///   - savedBytes: memory that it keeps until backward, in bytes.
    ///   - mark: mark that highlights it.
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

    /// The first field with a name.
    public func field(_ name: String) -> Field? { fields.first { $0.name == name } }
  }

  /// The kind of a node, which determines its shape and color.
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    /// A leaf that does not require a gradient.
    case constant
    /// A leaf that requires a gradient.
    case parameter
    /// A computed value.
    case value
    /// A computed value that is kept in memory for backward.
    case saved
    /// An operation.
    case operation
    /// A module, or another part of the computation, drawn as one node.
    case module
  }

  /// A mark that highlights a node.
  public enum Mark: String, Hashable, Codable, Sendable, CaseIterable {
    /// It runs in this step of backward.
    case running
    /// It has its gradient, or a part of it.
    case reached
    /// Its gradient is too large.
    case exploding
    /// Its gradient is too small.
    case vanishing
    /// It contains a NaN or an infinity.
    case notANumber
    /// It passes on almost no gradient, or none.
    case dead
    /// No gradient reaches it.
    case detached
    /// It differs from the graph that this one is compared with.
    case changed
    /// It is in only one of two compared graphs.
    case unmatched
  }

  /// A named fact about a node, such as its value or its shape.
  public struct Field: Hashable, Codable, Sendable {
    /// The name.
    public var name: String
    /// The value, as text.
    public var text: String
    /// A summary of the numbers that the text shows, if any.
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

    /// A memory size, such as `390.6 KiB`.
    public init(_ name: String, bytes: Int) {
      self.init(name, bytes.byteDescription)
    }
  }

  /// An arrow between two nodes, given by their indices in ``ComputationGraph/nodes``.
  public struct Edge: Hashable, Codable, Sendable {
    /// The index of the node where it starts.
    public var source: Int
    /// The index of the node where it ends.
    public var target: Int
    /// The label, such as a shape; may be empty.
    public var label: String
    /// Whether the target only keeps the source's value for backward.
    public var isSaved: Bool
    /// Whether it is highlighted, for example because a gradient flows along it in this step.
    public var isHighlighted = false

    /// Creates an arrow.
    ///
    /// - Parameters:
    ///   - source: index of the node where it starts.
    ///   - target: index of the node where it ends.
    ///   - label: label of the arrow.
    ///   - isSaved: whether the target only keeps the source's value for backward.
    public init(from source: Int, to target: Int, label: String = "", isSaved: Bool = false) {
      self.source = source
      self.target = target
      self.label = label
      self.isSaved = isSaved
    }
  }

  /// A part of the computation, such as a module, drawn as a frame around its nodes.
  public struct Cluster: Hashable, Codable, Sendable {
    /// The full name, such as `encoder.layers.0`.
    public var name: String
    /// The type, such as `Linear`.
    public var label: String
    /// The fields of the cluster, in order.
    public var fields: [Field]
    /// The index of the enclosing cluster, which comes earlier in ``ComputationGraph/clusters``.
    public var parent: Int?
    /// The number of identical consecutive clusters that it stands for.
    public var repeats: Int

    /// Creates a cluster.
    ///
    /// - Parameters:
    ///   - name: full name, such as `encoder.layers.0`.
    ///   - label: type, such as `Linear`.
    ///   - fields: fields of the cluster.
    ///   - parent: index of the enclosing cluster.
    ///   - repeats: number of identical consecutive clusters that it stands for.
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

  /// The nodes.
  public let nodes: [Node]
  /// The arrows.
  public let edges: [Edge]
  /// The clusters, drawn as frames; parents come first.
  public let clusters: [Cluster]
  /// The lines below the drawing, such as what was folded.
  public let notes: [String]

  /// Creates a graph of nodes and arrows.
  ///
  /// - Throws: ``ComputationGraphError`` if an index of a node or cluster is invalid, or if there
  ///   is a cycle.
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

  /// Creates a graph that is known to be valid.
  init(unchecked nodes: [Node], _ edges: [Edge], _ clusters: [Cluster], _ notes: [String]) {
    self.nodes = nodes
    self.edges = edges
    self.clusters = clusters
    self.notes = notes
  }

  /// The graph with additional nodes, without edges.
  public func adding(_ more: [Node]) -> ComputationGraph {
    ComputationGraph(unchecked: nodes + more, edges, clusters, notes)
  }

  /// The nodes in topological order, or in reverse; without those in and behind cycles. Kahn, 1962.
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

  /// The targets of all edges, grouped by source, and the start of each group.
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
    // A node without incoming edges is placed right before its first use.
    var isGiven = [Bool](repeating: true, count: nodes.count)
    for edge in edges { isGiven[edge.target] = false }
    for place in nodes.indices where isGiven[place] {
      let uses = targets[starts[place]..<starts[place + 1]]
      ranks[place] = (uses.map { ranks[$0] }.min() ?? 1) - 1
    }
    return edges.reduce(0) { $0 + ranks[$1.target] - ranks[$1.source] }
  }
}
