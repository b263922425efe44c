extension Tensor {
  /// Whether what is computed from this tensor is recorded. It can be set on a leaf of
  /// floating-point numbers.
  public var requiresGrad: Bool {
    get { node != nil }
    set {
      guard newValue != requiresGrad else { return }
      guard isLeaf else {
        fatalError(
          "requiresGrad: a tensor computed by “\(node!.operation)” always requires a gradient; "
            + "use detach() to go on without")
      }
      guard dtype.isFloatingPoint else {
        fatalError(
          "requiresGrad: a tensor of \(dtype) has no gradient; use to(.float32) first")
      }
      origin = nil
      // The gradient stays.
      let own = dormantNode ?? node ?? Node(leaf: self)
      (node, dormantNode) = newValue ? (own, nil) : (nil, own.grad == nil ? nil : own)
    }
  }

  /// Whether it was given, not computed from something that requires a gradient.
  public var isLeaf: Bool { node?.isLeaf ?? true }

  /// The gradient that backward has left: for leaves, the sum over all calls since it was last set
  /// to nil; for other tensors, of the last call after ``retainGrad()``.
  public var grad: Tensor? {
    get { (node ?? dormantNode)?.grad }
    set {
      if let newValue, newValue.shape != shape {
        fatalError("grad: a gradient of shape \(newValue.shape) for a tensor of shape \(shape)")
      }
      if let node {
        node.grad = newValue
      } else {
        dormantNode = newValue.map { gradient in
          let own = dormantNode ?? Node(leaf: self)
          own.grad = gradient
          return own
        }
      }
    }
  }

  /// Lets backward leave the gradient in ``grad``, though this is no leaf.
  public func retainGrad() {
    if let node, !node.isLeaf { node.retainsGrad = true }
  }

  /// Lets a function see the gradient of this tensor in each backward pass, once it is complete, and
  /// replace it by what it returns: `torch.Tensor.register_hook`.
  ///
  /// The tensor keeps the function, so a function that captures the tensor keeps both alive for good. Capture it
  /// weakly:
  ///
  ///     let w = Tensor([3.0], requiresGrad: true)
  ///     w.registerHook { [weak w] g in w.map { g * $0.detach() } }
  ///
  /// - Returns: what removes the hook.
  @discardableResult
  public func registerHook(_ hook: @escaping (Tensor) -> Tensor?) -> Hook {
    guard let node else {
      fatalError(
        "registerHook: a tensor that does not require a gradient has none; set requiresGrad")
    }
    return Hook(node: node, key: node.add(hook))
  }

  /// A hook that has been registered.
  public struct Hook {
    fileprivate let node: Node
    fileprivate let key: Int

    /// Lets the hook see no more gradients.
    public func remove() {
      node.removeHook(key)
    }
  }

  /// The same elements, in the same memory, with nothing recorded.
  public func detach() -> Tensor {
    Tensor(view)
  }

  /// The name of the operation that computed this tensor, if it was recorded.
  public var gradFn: String? {
    guard let node, !node.isLeaf else { return nil }
    return node.operation
  }

  /// The operation that computed this tensor, if it was recorded, and what it was given besides tensors, such as the
  /// dim of a softmax.
  public var recordedOperation: (operation: Operator, attributes: Any?)? {
    guard let node, let row = node.row else { return nil }
    return (row, node.inputs().attributeValue)
  }
}
