/// How a gradient goes from an operation to one of its inputs.
///
/// An operation is recorded with one for each input. It says which tensors the derivative needs,
/// and gives the derivative in tensor operations, which can be differentiated again:
///
///     noGrad { a * b }.recorded(
///       "multiply",
///       .wrt(a, saving: b) { g, b in g * b },
///       .wrt(b, saving: a) { g, a in g * a })
///
/// Derivatives need not mind broadcasting: a gradient is summed to its input's shape.
///
/// Where saved halves go into a derivative it is computed in float32, and rounded at its end, unless it says that
/// it is ``ofOneOperation()``.
public struct Edge {
  var node: Node?
  var rule: Rule
  private var isOneOperation = false

  init(node: Node?, rule: Rule) { (self.node, self.rule) = (node, rule) }

  /// The same, with a derivative of one operation, which rounds once by itself.
  public consuming func ofOneOperation() -> Edge {
    isOneOperation = true
    return self
  }

  enum Rule {
    case none
    case gradient((Tensor) -> Tensor)
    case saved(SavedTensor, (Tensor, Tensor) -> Tensor)
    indirect case savedTwo(SavedTensor, SavedTensor, (Tensor, Tensor, Tensor) -> Tensor)
    case output((Tensor, Tensor) -> Tensor)
    /// The derivatives by all inputs are computed together; this is the input of the given number.
    case joint(JointDerivative, Int)
  }

  static var none: Edge { Edge(node: nil, rule: .none) }

  /// Leaves nothing behind, and gives what was there.
  mutating func take() -> Edge {
    var taken = Edge.none
    swap(&self, &taken)
    return taken
  }

  /// A derivative that needs only the gradient of the output.
  public static func wrt(_ input: Tensor, _ derivative: @escaping (Tensor) -> Tensor) -> Edge {
    guard let node = input.recordedNode else { return .none }
    return Edge(node: node, rule: .gradient(derivative))
  }

  /// A derivative that needs a tensor besides.
  public static func wrt(
    _ input: Tensor, saving saved: Tensor, _ derivative: @escaping (Tensor, Tensor) -> Tensor
  ) -> Edge {
    guard let node = input.recordedNode else { return .none }
    return Edge(node: node, rule: .saved(SavedTensor(saved), derivative))
  }

  /// A derivative that needs two tensors besides.
  public static func wrt(
    _ input: Tensor, saving first: Tensor, _ second: Tensor,
    _ derivative: @escaping (Tensor, Tensor, Tensor) -> Tensor
  ) -> Edge {
    guard let node = input.recordedNode else { return .none }
    return Edge(node: node, rule: .savedTwo(SavedTensor(first), SavedTensor(second), derivative))
  }

  /// A derivative that needs the operation's output.
  public static func wrt(
    _ input: Tensor, savingOutput derivative: @escaping (Tensor, Tensor) -> Tensor
  ) -> Edge {
    guard let node = input.recordedNode else { return .none }
    return Edge(node: node, rule: .output(derivative))
  }

  /// The derivative of one of several inputs that are differentiated together.
  static func wrt(_ input: Tensor, _ joint: JointDerivative, number: Int) -> Edge {
    guard let node = input.recordedNode else { return .none }
    return Edge(node: node, rule: .joint(joint, number))
  }

  /// Whether it leads to a node that has edges of its own.
  var continues: Bool {
    if let node { !node.isLeaf } else { false }
  }

  var sequence: UInt64 {
    if let node { node.sequence } else { 0 }
  }

  var savesOutput: Bool {
    switch rule {
    case .output, .joint: true
    case .none, .gradient, .saved, .savedTwo: false
    }
  }

  /// What the derivative needs, but for the output.
  var saved: [Tensor] {
    switch rule {
    case .none, .gradient, .output, .joint: []
    case .saved(let saved, _): [saved.saved]
    case .savedTwo(let first, let second, _): [first.saved, second.saved]
    }
  }

  /// The gradient of the input, given that of the output.
  ///
  /// - Parameters:
  ///   - node: the node that the edge starts at.
  ///   - output: its output, if it was saved.
  ///   - joint: the gradients of all inputs, once they have been computed together.
  func gradient(
    of gradient: Tensor, from node: Node, _ output: SavedOutput?, _ joint: inout [Tensor]?
  ) -> Tensor {
    func wide(_ tensor: Tensor) -> Tensor { isOneOperation ? tensor : tensor.withoutHalves }
    return switch rule {
    case .none: fatalError("an edge that was not recorded has no derivative")
    case .gradient(let derivative): derivative(gradient)
    case .saved(let saved, let derivative):
      derivative(wide(gradient), wide(saved.tensor(for: node)))
    case .savedTwo(let first, let second, let derivative):
      derivative(wide(gradient), wide(first.tensor(for: node)), wide(second.tensor(for: node)))
    case .output(let derivative): derivative(wide(gradient), wide(output!.tensor(for: node)))
    case .joint(let derivative, let number):
      derivative.gradients(of: gradient, output!.tensor(for: node), &joint)[number]
    }
  }
}

/// A tensor that backward needs, and the version of its contents.
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

  /// The tensor, unless it has been changed in place since it was saved.
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

extension Tensor {
  /// The node that an operation on this tensor records, if it does.
  var recordedNode: Node? {
    isGradEnabled ? node : nil
  }

  /// Makes this result of an operation remember how it was computed, where gradients are on and an
  /// input requires them. It is returned for convenience.
  @discardableResult
  @inline(__always)
  public consuming func recorded(_ operation: String, _ edge: consuming Edge) -> Tensor {
    if edge.node != nil { ownNode = Node(operation, of: self, edge, .none) }
    return self
  }

  /// Records how this tensor was made, if gradients are on and an input requires one.
  @discardableResult
  @inline(__always)
  public consuming func recorded(
    _ operation: String, _ first: consuming Edge, _ second: consuming Edge
  ) -> Tensor {
    if first.node != nil || second.node != nil {
      ownNode = Node(operation, of: self, first, second)
    }
    return self
  }

  /// Records how this tensor was made, if gradients are on and an input requires one.
  @discardableResult
  public consuming func recorded(_ operation: String, _ edges: [Edge]) -> Tensor {
    if edges.contains(where: { $0.node != nil }) {
      ownNode = Node(operation, of: self, .none, .none, edges)
    }
    return self
  }
}
