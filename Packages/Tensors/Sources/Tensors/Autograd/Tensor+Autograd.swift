extension Tensor {
  /// Whether operations on this tensor are recorded. It can be set on a floating-point leaf.
  public var requiresGrad: Bool {
    get { node != nil }
    set {
      guard newValue != requiresGrad else { return }
      guard isLeaf else {
        fatalError(
          "requiresGrad: a tensor computed by “\(node!.operation)” always requires a gradient; "
            + "use detach() for a tensor without one")
      }
      guard dtype.isFloatingPoint else {
        fatalError(
          "requiresGrad: a tensor of \(dtype) has no gradient; use to(.float32) first")
      }
      origin = nil
      // An existing gradient is kept.
      let own = dormantNode ?? node ?? Node(leaf: self)
      (node, dormantNode) = newValue ? (own, nil) : (nil, own.grad == nil ? nil : own)
    }
  }

  /// Whether it is a leaf, not computed from a tensor that requires a gradient:
  /// `torch.Tensor.is_leaf`.
  public var isLeaf: Bool { node?.isLeaf ?? true }

  /// The gradient that backward computed: for leaves, the sum over all calls since it was last set
  /// to nil; for other tensors, that of the last call after ``retainGrad()``.
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

  /// Makes backward set ``grad`` of this tensor, even if it is not a leaf:
  /// `torch.Tensor.retain_grad`.
  public func retainGrad() {
    if let node, !node.isLeaf { node.retainsGrad = true }
  }

  /// Registers a function that is called with this tensor's gradient in each backward pass, once it
  /// is complete, and that may return a replacement for it: `torch.Tensor.register_hook`.
  ///
  /// The tensor retains the function, so a function that captures the tensor creates a reference
  /// cycle. Capture it weakly:
  ///
  ///     let w = Tensor([3.0], requiresGrad: true)
  ///     w.registerHook { [weak w] g in w.map { g * $0.detach() } }
  ///
  /// - Returns: a handle that can remove the hook.
  @discardableResult
  public func registerHook(_ hook: @escaping (Tensor) -> Tensor?) -> Hook {
    guard let node else {
      fatalError(
        "registerHook: a tensor that does not require a gradient has none; set requiresGrad")
    }
    return Hook(node: node, key: node.add(hook))
  }

  /// A handle of a registered hook.
  public struct Hook {
    fileprivate let node: Node
    fileprivate let key: Int

    /// Removes the hook.
    public func remove() {
      node.removeHook(key)
    }
  }

  /// A tensor with the same memory but without history: `torch.Tensor.detach`.
  public func detach() -> Tensor {
    Tensor(view)
  }

  /// The name of the operation that computed this tensor, if it was recorded.
  public var gradFn: String? {
    guard let node, !node.isLeaf else { return nil }
    return node.operation
  }

  /// The operation that computed this tensor, if it was recorded, and its attributes, such as the
  /// dim of a softmax.
  public var recordedOperation: (operation: Operator, attributes: Any?)? {
    guard let node, let row = node.row else { return nil }
    return (row, node.inputs().attributeValue)
  }
}
