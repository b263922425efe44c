import HeapModule

extension Tensor {
  /// Computes the gradients of the leaves that this tensor was computed from, and adds them to
  /// their ``grad``: `torch.Tensor.backward`.
  ///
  /// - Parameters:
  ///   - gradient: the gradient of the loss with respect to this tensor, in its shape; may be
  ///     omitted for a tensor of one element, which is then the loss.
  ///   - retainGraph: whether saved tensors are kept for another call; by default, only with
  ///     `createGraph`.
  ///   - createGraph: whether the derivatives are recorded, so that they can be differentiated
  ///     again.
  public func backward(
    gradient: Tensor? = nil, retainGraph: Bool? = nil, createGraph: Bool = false
  ) {
    _ = Backward(targets: nil, retainGraph: retainGraph ?? createGraph, createGraph: createGraph)
      .run(from: self, gradient: gradient)
  }

  /// The same, reporting each step to an observer.
  func backward(gradient: Tensor?, retainGraph: Bool, observer: BackwardObserver) {
    var pass = Backward(targets: nil, retainGraph: retainGraph, createGraph: false)
    pass.observer = observer
    _ = pass.run(from: self, gradient: gradient)
  }
}

/// Observes the steps of a backward pass.
protocol BackwardObserver: AnyObject {
  /// A node is visited with its complete gradient.
  func arrived(_ gradient: Tensor, at node: Node)
  /// The node passes a gradient to one of its inputs.
  func handsOn(_ contribution: Tensor, from node: Node, to input: Node, inputNumber: Int)
}

/// The gradients of `result` with respect to each of `inputs`, without changing any
/// ``Tensor/grad``: `torch.autograd.grad`.
///
/// Stops the program if the result does not depend on one of them.
///
/// - Parameters:
///   - result: a tensor of one element, unless a `gradient` in its shape is given.
///   - inputs: tensors that it was computed from.
///   - gradient: as for ``Tensor/backward(gradient:retainGraph:createGraph:)``.
///   - retainGraph: whether saved tensors are kept for another call; by default, only with
///     `createGraph`.
///   - createGraph: whether the derivatives are recorded, so that they can be differentiated again.
public func grad(
  of result: Tensor, withRespectTo inputs: [Tensor], gradient: Tensor? = nil,
  retainGraph: Bool? = nil, createGraph: Bool = false
) -> [Tensor] {
  let targets = inputs.map { input in
    guard let node = input.node else {
      fatalError(
        "grad(of:withRespectTo:): a tensor of shape \(input.shape) does not require a gradient; "
          + "set requiresGrad on it before computing the result")
    }
    return node
  }
  let gradients = Backward(
    targets: targets, retainGraph: retainGraph ?? createGraph, createGraph: createGraph
  ).run(from: result, gradient: gradient)
  return zip(inputs, targets).map { input, target in
    guard let gradient = gradients[ObjectIdentifier(target)] else {
      fatalError(
        "grad(of:withRespectTo:): the result does not depend on a tensor of shape \(input.shape)")
    }
    return gradient
  }
}

/// The gradient of `result` with respect to `input`: `torch.autograd.grad` for one input.
public func grad(
  of result: Tensor, withRespectTo input: Tensor, gradient: Tensor? = nil,
  retainGraph: Bool? = nil, createGraph: Bool = false
) -> Tensor {
  grad(
    of: result, withRespectTo: [input], gradient: gradient, retainGraph: retainGraph,
    createGraph: createGraph)[0]
}

/// The same; nil if the result does not depend on the input.
func gradients(
  of result: Tensor, withRespectTo input: Tensor, gradient: Tensor, createGraph: Bool
) -> Tensor? {
  guard result.node != nil, let target = input.node else { return nil }
  return Backward(targets: [target], retainGraph: createGraph, createGraph: createGraph)
    .run(from: result, gradient: gradient)[ObjectIdentifier(target)]
}

/// One pass of reverse-mode differentiation.
///
/// Nodes are visited from the latest to the earliest. Everything computed from a node is later than
/// it, so its gradient is complete when it is visited.
private struct Backward {
  /// The nodes whose gradients are returned; nil to add the gradients to the leaves.
  let targets: Set<ObjectIdentifier>?
  /// The sequence of the earliest target: earlier nodes depend on none of them.
  let earliest: UInt64
  let retainGraph: Bool
  let createGraph: Bool
  var observer: (any BackwardObserver)?

  /// The latest pending node, with its gradient so far. In a chain of operations it is the only
  /// one.
  private var next: (node: Node, gradient: Tensor)?
  /// The other pending nodes, and their gradients so far.
  private var waiting = Heap<LatestFirst>()
  private var gradients: [ObjectIdentifier: Tensor] = [:]
  /// The gradients of the targets.
  private var results: [ObjectIdentifier: Tensor] = [:]

  /// - Parameter targets: the nodes whose gradients are returned; nil to add gradients to the
  ///   leaves.
  init(targets: [Node]?, retainGraph: Bool, createGraph: Bool) {
    self.targets = targets.map { Set($0.map(ObjectIdentifier.init)) }
    earliest = targets?.map(\.sequence).min() ?? 0
    self.retainGraph = retainGraph
    self.createGraph = createGraph
  }

  private struct LatestFirst: Comparable {
    let node: Node
    static func < (a: LatestFirst, b: LatestFirst) -> Bool { a.node.sequence < b.node.sequence }
    static func == (a: LatestFirst, b: LatestFirst) -> Bool { a.node === b.node }
  }

  consuming func run(from result: Tensor, gradient: Tensor?) -> [ObjectIdentifier: Tensor] {
    guard let root = result.node else {
      fatalError(
        "backward: a tensor of shape \(result.shape) does not depend on anything that requires a "
          + "gradient; set requiresGrad on a tensor it is computed from")
    }
    if let gradient, gradient.shape != result.shape {
      fatalError(
        "backward: the gradient has shape \(gradient.shape), the tensor \(result.shape); they must "
          + "be the same")
    }
    if gradient == nil, result.numel != 1 {
      fatalError(
        "backward: a tensor of shape \(result.shape) has no gradient of its own; reduce it to one "
          + "number, as with sum(), or pass gradient:")
    }
    // Derivatives are computed in the dtypes of the recorded operations.
    if Autocast.current != nil {
      return withAutocast(nil) { [pass = self] in pass.run(from: result, gradient: gradient) }
    }
    return withGradEnabled(createGraph) {
      fusedUnlessRecorded {
        accumulate(gradient ?? Tensor.onesLike(result), at: root, sharing: gradient)
        while let (node, gradient) = popNext() { visit(node, gradient) }
        return results
      }
    }
  }

  private mutating func popNext() -> (Node, Tensor)? {
    guard let latest = next.take() else { return nil }
    if let node = waiting.popMax()?.node {
      next = (node, gradients.removeValue(forKey: ObjectIdentifier(node))!)
    }
    return latest
  }

  private mutating func visit(_ node: Node, _ incoming: Tensor) {
    var gradient = incoming
    for hook in node.hooks { gradient = node.checked(hook(gradient) ?? gradient) }
    if let targets {
      let key = ObjectIdentifier(node)
      if targets.contains(key) { results[key] = gradient }
    } else if node.isLeaf {
      node.collect(gradient, sharing: gradient)
    } else if node.retainsGrad {
      node.grad = gradient
    }
    if node.isLeaf { return }
    observer?.arrived(gradient, at: node)
    let inputs = node.inputs(taking: !retainGraph)
    if inputs.isReleased {
      fatalError(
        "backward: what “\(node.operation)” needs was freed by an earlier backward; pass "
          + "retainGraph: true there to run backward twice")
    }
    let row = node.row!
    var joint: [Tensor]?
    inputs.forEachEdge { edge, input, number in
      if let targets {
        if input.sequence < earliest { return }
        if input.isLeaf, !targets.contains(ObjectIdentifier(input)) { return }
      }
      let contribution = row.derivative(number).gradient(
        number, of: gradient, along: edge, from: node, inputs, &joint)
      if isDetectingAnomalies { node.checkForNaN(contribution, from: gradient) }
      observer?.handsOn(contribution, from: node, to: input, inputNumber: number)
      accumulate(contribution, at: input, sharing: gradient)
    }
  }

  /// Adds a contribution to the gradient of a node. It may share memory with the gradient it was
  /// computed from.
  private mutating func accumulate(_ contribution: Tensor, at node: Node, sharing other: Tensor?) {
    var gradient = contribution
    if !gradient.view.layout.hasShape(of: node.layout) {
      gradient = gradient.reduced(to: node.shape)
    }
    if gradient.view.dtype != node.dtype { gradient = gradient.to(node.dtype) }
    // The input may have been a CPU scalar beside a tensor of another device.
    if node.layout.rank == 0, gradient.device != node.device { gradient = gradient.to(node.device) }
    // A leaf without hooks accumulates contributions at once.
    if node.isLeaf, node.hooks.isEmpty {
      if targets == nil {
        node.collect(gradient, sharing: other)
      } else {
        let key = ObjectIdentifier(node)
        results[key] = results[key].map { $0 + gradient } ?? gradient
      }
      return
    }
    guard next != nil else {
      next = (node, gradient)
      return
    }
    let (latest, sum) = next!
    if latest === node {
      next = (node, sum + gradient)
    } else if latest.sequence < node.sequence {
      wait(latest, sum)
      next = (node, gradient)
    } else {
      wait(node, gradient)
    }
  }

  private mutating func wait(_ node: Node, _ gradient: Tensor) {
    let key = ObjectIdentifier(node)
    if let sum = gradients[key] {
      gradients[key] = sum + gradient
    } else {
      gradients[key] = gradient
      waiting.insert(LatestFirst(node: node))
    }
  }
}

extension Node {
  /// A gradient returned by a hook, after a check of its shape.
  fileprivate func checked(_ gradient: Tensor) -> Tensor {
    guard gradient.shape == shape else {
      fatalError(
        "registerHook: a hook turned a gradient of shape \(shape) into one of \(gradient.shape)")
    }
    return gradient
  }

  fileprivate func checkForNaN(_ contribution: Tensor, from gradient: Tensor) {
    guard contribution.isnan().anyTrue, !gradient.isnan().anyTrue else { return }
    fatalError(
      "backward: the derivative of “\(operation)”, of shape \(shape), made the first NaN of this pass"
    )
  }
}
