extension ComputationGraph {
  /// Builds a graph, node by node.
  ///
  ///     var builder = ComputationGraph.Builder()
  ///     let a = builder.add(.init(.parameter, label: "a"))
  ///     let square = builder.add(.init(.operation, label: "square"))
  ///     builder.connect(a, to: square)
  ///     let graph = builder.graph()
  public struct Builder: Sendable {
    /// The nodes so far.
    public private(set) var nodes: [Node] = []
    private var edges: [Edge] = []
    private var clusters: [Cluster] = []
    private var notes: [String] = []

    /// Creates an empty builder.
    public init() {}

    /// Adds a node and returns its index.
    @discardableResult
    public mutating func add(_ node: Node) -> Int {
      nodes.append(node)
      return nodes.count - 1
    }

    /// Adds a cluster and returns its index. Its parent must be added first.
    @discardableResult
    public mutating func add(_ cluster: Cluster) -> Int {
      clusters.append(cluster)
      return clusters.count - 1
    }

    /// Adds a line below the drawing.
    public mutating func note(_ text: String) { notes.append(text) }

    /// Adds an arrow between two nodes that were added before.
    public mutating func connect(
      _ source: Int, to target: Int, label: String = "", isSaved: Bool = false
    ) {
      guard nodes.indices.contains(source), nodes.indices.contains(target) else {
        fatalError(
          "ComputationGraph.Builder.connect: no edge \(source) → \(target) in a graph of "
            + "\(nodes.count) nodes; add both nodes first")
      }
      edges.append(Edge(from: source, to: target, label: label, isSaved: isSaved))
    }

    /// Changes a node that was added before.
    public mutating func update(_ place: Int, _ change: (inout Node) -> Void) {
      change(&nodes[place])
    }

    /// The graph. Stops the program if it has a cycle.
    public func graph() -> ComputationGraph {
      do {
        return try ComputationGraph(
          nodes: nodes, edges: edges, clusters: clusters, notes: notes)
      } catch {
        fatalError("ComputationGraph.Builder.graph: \(error.localizedDescription)")
      }
    }
  }
}
