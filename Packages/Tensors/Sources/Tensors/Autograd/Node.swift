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
  let device: Device
  let isLeaf: Bool
  /// The module whose forward function made it, of which nothing but the address is used.
  let scope: UnsafeRawPointer?
  /// What only leaves and a few others have.
  @exclusivity(unchecked) private var extras: Extras?
  /// The output, where a derivative needs it, or the leaf. It has no node, since that would be a cycle.
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
    device = result.view.storage.device
    isLeaf = false
    scope = flambeau_scope_owner()
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
    device = leaf.device
    isLeaf = true
    scope = nil
    output = SavedOutput(view: leaf.view, version: leaf.view.storage.version)
    first = .none
    second = .none
    others = nil
  }

  var shape: [Int] { layout.shape }

  /// Calls `body` with each edge along which a gradient is wanted, in the order of the inputs.
  ///
  /// - Parameters:
  ///   - taking: whether the node is left without its edges.
  ///   - body: gets the input's number, too.
  @inline(__always)
  func forEachEdge(taking: Bool = false, _ body: (Edge, Node, Int) -> Void) {
    func call(_ edge: Edge, _ number: Int) {
      if let node = edge.node { body(edge, node, number) }
    }
    call(taking ? first.take() : first, 0)
    if second.node != nil { call(taking ? second.take() : second, 1) }
    guard let others = taking ? others.take() : others else { return }
    for (number, edge) in others.enumerated() { call(edge, number) }
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

extension Node {
  /// Apart from the node, so that most nodes are small and soon made.
  private final class Extras {
    @exclusivity(unchecked) var grad: Tensor?
    @exclusivity(unchecked) var retainsGrad = false
    @exclusivity(unchecked) var hooks: [UInt64: (Tensor) -> Tensor?]?
    @exclusivity(unchecked) var gradientsOfInputs: [Tensor?]?
  }

  private var ownExtras: Extras {
    if let extras { return extras }
    let made = Extras()
    extras = made
    return made
  }

  /// The gradient of a leaf, or of another tensor that retains it.
  var grad: Tensor? {
    get { extras?.grad }
    set { if newValue != nil || extras != nil { ownExtras.grad = newValue } }
  }

  /// Whether a node that is no leaf keeps its gradient.
  var retainsGrad: Bool {
    get { extras?.retainsGrad ?? false }
    set { ownExtras.retainsGrad = newValue }
  }

  /// What is done to the gradient once it is complete; see ``Tensor/registerHook(_:)``.
  var hooks: [UInt64: (Tensor) -> Tensor?]? {
    get { extras?.hooks }
    set { ownExtras.hooks = newValue }
  }

  /// The gradients of all inputs, where they are computed together, while a pass visits this node.
  var gradientsOfInputs: [Tensor?]? {
    get { extras?.gradientsOfInputs }
    set { ownExtras.gradientsOfInputs = newValue }
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
