@_spi(Flambeau) import Devices
import OrderedCollections
import Synchronization

/// A recorded operation, or the accumulator of a leaf's gradient.
///
/// Nodes refer to earlier nodes and to what their derivatives need, never to what was
/// computed from them.
// Mutable state is behind a lock. Derivatives and hooks run on whichever thread calls backward.
final class Node: @unchecked Sendable {
  /// The operation; nil for a leaf.
  // Operators are never freed.
  unowned(unsafe) let row: Operator?
  /// Larger than that of every node it depends on, and of every node that its thread created
  /// earlier.
  let sequence: UInt64
  /// The layout, dtype and device of the operation's output, or of the leaf.
  let layout: Layout
  let dtype: DType
  let device: Device
  /// The module whose forward function created it; only the address is used.
  let scope: UnsafeRawPointer?

  /// Guards what concurrent backward passes may change.
  private let lock = Mutex(())
  @exclusivity(unchecked) private var inputs: Inputs
  @exclusivity(unchecked) private var ownGrad: Tensor?
  @exclusivity(unchecked) private var ownHooks: Hooks?
  // Read at each step, without the lock.
  private let hasHooks = Atomic(false)
  private let retention = Atomic(false)

  /// Creates the node of an operation.
  init(
    _ row: Operator, _ attributes: consuming AnyObject?, of result: borrowing Tensor,
    _ first: consuming Edge,
    _ second: consuming Edge, _ others: [Edge]? = nil
  ) {
    self.row = row
    var latest = max(first.sequence, second.sequence)
    if let others { for edge in others { latest = max(latest, edge.sequence) } }
    sequence = AmbientState.nextSequence(after: latest)
    layout = result.view.layout
    dtype = result.view.dtype
    device = result.view.storage.device
    scope = AmbientState.scope?.pointee.owner
    inputs = Inputs(
      first: first, second: second, others: others, attributes: attributes,
      output: row.savesOutput
        ? SavedOutput(view: result.view, version: result.view.storage.version) : nil)
  }

  /// Creates the node of a leaf.
  init(leaf: Tensor) {
    row = nil
    sequence = AmbientState.nextSequence(after: 0)
    layout = leaf.view.layout
    dtype = leaf.dtype
    device = leaf.device
    scope = nil
    inputs = Inputs(
      first: .none, second: .none,
      output: SavedOutput(view: leaf.view, version: leaf.view.storage.version))
  }

  var isLeaf: Bool { row == nil }
  /// The operation's name; empty for a leaf.
  var operation: String { row?.name ?? "" }
  var shape: [Int] { layout.shape }

  /// The recorded inputs.
  ///
  /// - Parameter taking: whether the node releases them.
  func inputs(taking: Bool = false) -> Inputs {
    lock.withLock { _ in
      guard taking else { return inputs }
      var taken = Inputs(first: .none, second: .none, isReleased: true)
      swap(&taken, &inputs)
      return taken
    }
  }

  /// Releases earlier nodes in a loop: releasing them recursively would overflow the stack after a
  /// long computation.
  deinit {
    guard inputs.continues else { return }
    var unused: [Node] = []
    inputs.release(into: &unused)
    while let node = unused.popLast() {
      node.inputs.release(into: &unused)
    }
  }
}

/// The edges to a node's inputs, and what its derivatives need.
struct Inputs {
  // Most operations have one or two inputs, which need no array.
  fileprivate var first: Edge
  fileprivate var second: Edge
  fileprivate var others: [Edge]?
  /// The attributes, in a box.
  fileprivate(set) var attributes: AnyObject?
  /// The attributes, unboxed.
  var attributeValue: Any? { (attributes as? any AnyAttributes)?.any }
  /// The output, if a derivative needs it, or the leaf. It has no node, since that would be a
  /// reference cycle.
  fileprivate(set) var output: SavedOutput?
  /// Whether backward has released them.
  fileprivate(set) var isReleased = false

  /// Calls `body` with each edge that a gradient flows along, its node and the index of the input,
  /// in the order of the inputs.
  @inline(__always)
  func forEachEdge(_ body: (borrowing Edge, Node, Int) -> Void) {
    if let node = first.node { body(first, node, 0) }
    if let node = second.node { body(second, node, 1) }
    guard let others else { return }
    for (number, edge) in others.enumerated() {
      if let node = edge.node { body(edge, node, number) }
    }
  }

  /// Whether an edge leads to a node that has edges of its own.
  fileprivate var continues: Bool { first.continues || second.continues || others != nil }

  /// Releases the edges; nodes that nothing else references are added to `unused`.
  fileprivate mutating func release(into unused: inout [Node]) {
    // Saved tensors first: they may reference the nodes too.
    attributes = nil
    first.forget()
    second.forget()
    if let others { for index in others.indices { self.others![index].forget() } }
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
  /// The gradient of a leaf, or of a non-leaf that retains it.
  var grad: Tensor? {
    get { lock.withLock { _ in ownGrad } }
    set { lock.withLock { _ in ownGrad = newValue } }
  }

  /// Accumulates a gradient of a leaf, in memory of its own, so that it can be changed in place.
  ///
  /// - Parameter other: a tensor that the gradient may share memory with.
  func collect(_ gradient: Tensor, sharing other: Tensor?) {
    lock.withLock { _ in
      if let grad = ownGrad {
        ownGrad = grad + gradient
      } else if let other, gradient.sharesStorage(with: other) {
        ownGrad = gradient.clone()
      } else {
        ownGrad = gradient.contiguous()
      }
    }
  }

  /// Whether a non-leaf keeps its gradient.
  var retainsGrad: Bool {
    get { retention.load(ordering: .relaxed) }
    set { retention.store(newValue, ordering: .relaxed) }
  }

  /// The hooks that the complete gradient goes through, in order; see ``Tensor/registerHook(_:)``.
  var hooks: [(Tensor) -> Tensor?] {
    if !hasHooks.load(ordering: .relaxed) { return [] }
    return lock.withLock { _ in ownHooks.map { Array($0.byKey.values) } ?? [] }
  }

  /// Adds a hook, and returns the key to remove it by.
  func add(_ hook: @escaping (Tensor) -> Tensor?) -> Int {
    lock.withLock { _ in
      var hooks = ownHooks ?? Hooks()
      hooks.count += 1
      hooks.byKey[hooks.count] = hook
      ownHooks = hooks
      hasHooks.store(true, ordering: .relaxed)
      return hooks.count
    }
  }

  func removeHook(_ key: Int) {
    lock.withLock { _ in
      ownHooks?.byKey[key] = nil
      hasHooks.store(ownHooks?.byKey.isEmpty == false, ordering: .relaxed)
    }
  }

  private struct Hooks {
    var byKey: OrderedDictionary<Int, (Tensor) -> Tensor?> = [:]
    var count = 0
  }
}

/// An operation's output, saved for a derivative.
struct SavedOutput {
  let view: StridedView
  let version: UInt32

  /// The output as it was, connected to its node, so that it can be differentiated.
  func tensor(for node: Node) -> Tensor {
    let tensor = Tensor(view, node: node)
    return SavedTensor(tensor, version: version).tensor(for: node)
  }
}

/// The node that the gradient of an input goes to, and the tensors saved for its derivative.
struct Edge {
  var node: Node?
  var saved: SavedTensor?
  var alsoSaved: SavedTensor?

  static var none: Edge { Edge() }

  /// Releases the saved tensors.
  mutating func forget() { (saved, alsoSaved) = (nil, nil) }

  /// Whether it leads to a node that has edges of its own.
  var continues: Bool {
    if let node { !node.isLeaf } else { false }
  }

  var sequence: UInt64 {
    if let node { node.sequence } else { 0 }
  }

  /// The saved tensors, except the output.
  var tensors: [Tensor] { [saved, alsoSaved].compactMap { $0?.saved } }
}

/// A tensor saved for backward, with its version at that time.
struct SavedTensor {
  let saved: Tensor
  let version: UInt32

  init(_ saved: Tensor, version: UInt32) {
    self.saved = saved
    self.version = version
  }

  init(_ saved: Tensor) {
    self.init(saved, version: saved.view.storage.version)
  }

  /// The tensor; stops the program if it has been changed in place since it was saved.
  func tensor(for node: Node) -> Tensor {
    guard saved.view.storage.version == version else {
      fatalError(
        """
        backward: a tensor of shape \(saved.shape) that “\(node.operation)” needs for its gradient \
        has been changed in place since; change a copy, or change it after backward
        """)
    }
    return saved
  }
}
