import CAutograd

/// A step of a recorded computation, or the place where a leaf collects its gradient.
///
/// Nodes refer to the nodes before them and to what their derivatives need, never to what was
/// computed from them.
final class Node {
  /// The operation's name; empty for a leaf.
  let operation: String
  /// Larger than that of all nodes before this one, and of those that its thread made earlier.
  let sequence: UInt64
  /// The operation's output, or the leaf.
  let layout: Layout
  let dtype: DType
  /// The gradient of a leaf, or of another tensor that retains it.
  @exclusivity(unchecked) var grad: Tensor?
  @exclusivity(unchecked) var retainsGrad: Bool
  /// What is done to the gradient once it is complete; see ``Tensor/registerHook(_:)``.
  @exclusivity(unchecked) var hooks: [UInt64: (Tensor) -> Tensor?]?
  /// The gradients of all inputs, where they are computed together, while a pass visits this node.
  @exclusivity(unchecked) var gradientsOfInputs: [Tensor?]?
  /// The output, where a derivative needs it. It has no node, since that would be a cycle.
  @exclusivity(unchecked) private(set) var output: SavedOutput?
  /// Whether ``releaseGraph()`` has been called.
  @exclusivity(unchecked) private(set) var isReleased = false

  // Most operations have one or two inputs, and no array is made for those.
  @exclusivity(unchecked) private var first: Edge
  @exclusivity(unchecked) private var second: Edge
  @exclusivity(unchecked) private var others: [Edge]?

  init(
    _ operation: String, of result: borrowing Tensor, _ first: consuming Edge,
    _ second: consuming Edge,
    _ others: [Edge]? = nil
  ) {
    self.operation = operation
    var latest = max(first.sequence, second.sequence)
    if let others { for edge in others { latest = max(latest, edge.sequence) } }
    sequence = flambeau_next_sequence(latest)
    layout = result.view.layout
    dtype = result.view.dtype
    retainsGrad = false
    var savesOutput = first.savesOutput
    if second.savesOutput { savesOutput = true }
    if let others, others.contains(where: \.savesOutput) { savesOutput = true }
    if savesOutput {
      output = SavedOutput(view: result.view, version: result.view.storage.version)
    }
    self.first = first
    self.second = second
    self.others = others
  }

  /// The node of a leaf.
  init(leaf: Tensor) {
    operation = ""
    sequence = flambeau_next_sequence(0)
    layout = leaf.view.layout
    dtype = leaf.dtype
    retainsGrad = true
    first = .none
    second = .none
    others = nil
  }

  var isLeaf: Bool { operation.isEmpty }
  var shape: [Int] { layout.shape }

  /// Calls `body` with each edge along which a gradient is wanted, in the order of the inputs.
  @inline(__always)
  func forEachEdge(_ body: (Edge, Node) -> Void) {
    if let node = first.node { body(first, node) }
    if let node = second.node { body(second, node) }
    guard let others else { return }
    for edge in others {
      if let node = edge.node { body(edge, node) }
    }
  }

  /// The bytes that stay in memory until backward because of this step: those of its output and of
  /// other tensors that derivatives need, but not those of leaves that require gradients.
  var bytesHeld: Int {
    var views: [StridedView] = []
    if let output { views.append(output.view) }
    forEachEdge { edge, _ in
      for tensor in edge.saved where !(tensor.node?.isLeaf ?? false) { views.append(tensor.view) }
    }
    var seen: Set<UnsafeMutableRawPointer> = []
    return views.filter { seen.insert($0.pointer).inserted }
      .reduce(0) { $0 + $1.layout.numel * $1.dtype.itemSize }
  }

  /// Forgets the inputs and what derivatives need.
  func releaseGraph() {
    isReleased = true
    output = nil
    first = .none
    second = .none
    others = nil
  }

  /// Releases the nodes before this one in a loop. If each released those before it, it would go
  /// one stack frame deeper for each, and a long computation would overflow the stack.
  deinit {
    guard first.continues || second.continues || others != nil else { return }
    var unused: [Node] = []
    releaseEdges(into: &unused)
    while let node = unused.popLast() {
      node.releaseEdges(into: &unused)
    }
  }

  /// Lets go of the edges; the nodes that nothing else holds go to `unused`.
  private func releaseEdges(into unused: inout [Node]) {
    // Saved tensors first: they may hold the nodes too.
    first.rule = .none
    second.rule = .none
    if let others { for index in others.indices { self.others![index].rule = .none } }
    func release(_ edge: inout Edge) {
      guard var node = edge.node.take() else { return }
      if !node.isLeaf, isKnownUniquelyReferenced(&node) { unused.append(node) }
    }
    release(&first)
    release(&second)
    if let others { for index in others.indices { release(&self.others![index]) } }
  }
}

/// An operation's output that a derivative needs.
struct SavedOutput {
  let view: StridedView
  let version: UInt32

  /// The output as it was, connected to its node, so that it can be differentiated.
  func tensor(for node: Node) -> Tensor {
    let tensor = Tensor(view, node: node)
    return SavedTensor(tensor, version: version).tensor(for: node)
  }
}
