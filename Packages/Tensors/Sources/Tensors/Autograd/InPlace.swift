@_spi(Flambeau) import Devices

import Synchronization

// In-place changes, and how they update the history of a tensor and of its views.

/// What a tensor is a view of.
///
/// A change of one tensor changes all that share its memory. The base adds the change to its
/// history at once, and its other views when they are next used.
struct Origin {
  /// The base, which is not a view itself; nil for views created while recording is off.
  let base: Tensor?

  init(of tensor: Tensor) {
    base = isGradEnabled ? tensor.origin.map(\.base) ?? tensor : nil
  }
}

extension Tensor {
  /// The operation that computed this tensor, or the node in which a leaf accumulates its gradient;
  /// nil if no gradient is required.
  var node: Node? {
    @inline(__always) get { origin == nil ? ownNode : nodeOfView }
    set { ownNode = newValue }
  }

  private var nodeOfView: Node? {
    @inline(never) get {
      guard let base = origin!.base else { return ownNode }
      // Several threads may be the first to use a view after a change.
      let version = view.storage.version
      if versionOfNode.load(ordering: .acquiring) == version { return ownNode }
      return Tensor.changeOfViews.withLock { _ in
        guard versionOfNode.load(ordering: .relaxed) != version else { return ownNode }
        let (own, whole) = (view.layout, base.view.layout)
        ownNode = enableGrad {
          Tensor(view).recorded(.asStrided, base, with: LayoutChange(from: whole, to: own)).ownNode
        }
        versionOfNode.store(version, ordering: .releasing)
        return ownNode
      }
    }
  }

  private static let changeOfViews = Mutex(())

  /// Marks the node as up to date with the elements.
  func markNodeCurrent() {
    versionOfNode.store(view.storage.version, ordering: .releasing)
  }

  /// Whether an in-place change, with the other tensor if there is one, must be recorded.
  func isChangeRecorded(by other: Tensor? = nil) -> Bool {
    isGradEnabled && (node != nil || other?.node != nil)
  }

  /// Changes the elements in place with `body`, which takes the view to write to.
  ///
  /// Stops the program if the change would have to be recorded.
  func changeInPlace<Result>(
    _ operation: String, _ body: (StridedView) throws -> Result
  ) rethrows -> Result {
    if isChangeRecorded() {
      fatalError(
        "\(operation): a tensor that requires a gradient cannot be changed in this way while "
          + "operations are recorded; do it inside noGrad { … }")
    }
    for (size, stride) in zip(shape, strides) where size > 1 && stride == 0 && numel > 0 {
      fatalError(
        "\(operation): several elements of this tensor of shape \(shape) share a memory location; change a "
          + "copy, as clone() makes")
    }
    defer { view.storage.markChanged() }
    return try body(view)
  }

  /// Replaces the elements and the history of this tensor with those of a function of it.
  func replace(_ operation: String, by function: (Tensor) -> Tensor) {
    checkHistory(operation)
    let result = function(Tensor(view.copied(), node: node)).to(dtype)
    guard result.shape == shape else {
      fatalError("\(operation): a result of shape \(result.shape) for a tensor of shape \(shape)")
    }
    noGrad { changeInPlace(operation) { backend.convert(result.view, into: $0) } }
    if let node = result.node { take(node) }
  }

  /// Records that a part of this tensor has been replaced by a source.
  ///
  /// - Parameters:
  ///   - part: selects the part of a tensor of this shape.
  ///   - clear: sets the part to 0.
  func recordAssignment(
    of source: Tensor, part: @escaping (Tensor) -> Tensor, clear: @escaping (Tensor) -> Void
  ) {
    let assigned = Tensor(view).recorded(
      .assign, self, source, with: Assignment(part: part, clear: clear))
    if let node = assigned.ownNode { take(node) }
  }

  /// A copy with a part set to 0.
  fileprivate func cleared(_ clear: @escaping (Tensor) -> Void) -> Tensor {
    let copy = Tensor(view.copied())
    noGrad { clear(copy) }
    return copy.recorded(.clear, self, with: clear)
  }

  /// Stops the program if an in-place change cannot be recorded.
  func checkHistory(_ operation: String) {
    let base = origin.map(\.base) ?? self
    guard let base else {
      fatalError(
        "\(operation): this view was made inside noGrad { … }, so its base would not "
          + "record the change; create it outside")
    }
    if base.node?.isLeaf ?? false {
      fatalError(
        "\(operation): a leaf that requires a gradient, or a view of one, cannot be changed in place "
          + "while operations are recorded; do it inside noGrad { … }, or change a copy, as clone() makes"
      )
    }
  }

  /// Sets this tensor's node, and records the change in the history of its base.
  private func take(_ node: Node) {
    if let last = ownNode, !last.isLeaf, last.retainsGrad { node.retainsGrad = true }
    ownNode = node
    markNodeCurrent()
    guard let base = origin?.base else { return }
    let (own, whole) = (view.layout, base.view.layout)
    base.recordAssignment(of: self) { g in
      g.moved(from: whole, to: own)
    } clear: { copy in
      copy.copy(
        from: .where(
          Tensor.ones(own.shape, dtype: .bool, device: copy.device).moved(from: own, to: whole), 0,
          copy))
    }
  }
}

/// The attributes of an assignment to a part of a tensor.
private struct Assignment {
  /// Selects the part of a tensor of that shape.
  let part: (Tensor) -> Tensor
  /// Sets the part to 0.
  let clear: (Tensor) -> Void
}

extension Operator {
  fileprivate static let assign = Operator(
    "assign",
    .wrt(.x, "g, 0 at the part that was replaced") { (g, a: Assignment) in g.cleared(a.clear) }
      .symmetric(),
    .wrt(.y, "g at that part") { (g, a: Assignment) in a.part(g) })
  fileprivate static let clear = Operator(
    "clear",
    .wrt(.x, "g, 0 at the part that was cleared") { (g, clear: @escaping (Tensor) -> Void) in
      g.cleared(clear)
    }.symmetric())
}
