/// What a computation was made of: a directed graph of values and operations.
///
/// It is a plain model that knows nothing of numbers or of drawing. `ScalarGrad` and `Tensors`
/// make one from a result (`loss.graph()`); ``dot(direction:)`` writes it as text; importing
/// `GraphvizRendering` adds `render(to:)`.
///
/// Nodes and edges keep the order in which they were added, so that the same computation always
/// gives the same text.
public struct ComputationGraph: Hashable, Sendable {
  /// One box or circle of the drawing.
  public struct Node: Hashable, Codable, Sendable {
    /// What a node stands for, which decides its shape and colour.
    public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
      /// A value that was given, not computed, and that needs no gradient.
      case constant
      /// A value that was given and that a gradient is wanted for.
      case parameter
      /// A value that an operation computed.
      case value
      /// An operation.
      case operation
    }

    public var kind: Kind
    /// The node's title; may be empty and may hold any text.
    public var label: String
    /// What there is to say about the node, in order.
    public var fields: [Field]

    public init(_ kind: Kind, label: String, fields: [Field] = []) {
      self.kind = kind
      self.label = label
      self.fields = fields
    }
  }

  /// A named fact about a node, such as its value or its shape.
  public struct Field: Hashable, Codable, Sendable {
    public var name: String
    public var text: String

    public init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }

    /// A number, shown with four significant digits.
    public init(_ name: String, _ number: Double) {
      self.init(name, number.briefDescription)
    }

    /// An amount of memory, such as `390.6 KiB`.
    public init(_ name: String, bytes: Int) {
      self.init(name, bytes.byteDescription)
    }
  }

  /// An arrow between two nodes, given by their places in ``ComputationGraph/nodes``.
  public struct Edge: Hashable, Codable, Sendable {
    public var source: Int
    public var target: Int

    public init(from source: Int, to target: Int) {
      self.source = source
      self.target = target
    }
  }

  public private(set) var nodes: [Node] = []
  public private(set) var edges: [Edge] = []

  /// An empty graph.
  public init() {}

  /// Adds a node and returns its place in ``nodes``.
  @discardableResult
  public mutating func add(_ node: Node) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  /// Adds an arrow between two nodes that are already there.
  public mutating func connect(_ source: Int, to target: Int) {
    let edge = Edge(from: source, to: target)
    guard isValid(edge) else {
      fatalError(
        "ComputationGraph.connect: no edge \(source) → \(target) in a graph of \(nodes.count) nodes;"
          + " add both nodes first")
    }
    edges.append(edge)
  }

  private func isValid(_ edge: Edge) -> Bool {
    nodes.indices.contains(edge.source) && nodes.indices.contains(edge.target)
  }
}

extension ComputationGraph: Codable {
  private enum CodingKeys: CodingKey {
    case nodes, edges
  }

  /// Reads a graph, and throws `DecodingError.dataCorrupted` if an edge leads to no node.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    nodes = try container.decode([Node].self, forKey: .nodes)
    edges = try container.decode([Edge].self, forKey: .edges)
    if let edge = edges.first(where: { !isValid($0) }) {
      throw DecodingError.dataCorruptedError(
        forKey: .edges, in: container,
        debugDescription:
          "edge \(edge.source) → \(edge.target) leads out of the \(nodes.count) nodes")
    }
  }
}
