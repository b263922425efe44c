// Results record how they were computed if gradients are enabled and an input requires one.

extension Tensor {
  /// Records this tensor as the result of an operation on one tensor, and returns it.
  @discardableResult
  @inline(__always)
  public consuming func recorded(_ operation: Operator, _ x: Tensor) -> Tensor {
    if let node = x.recordedNode { record(operation, nil, x, node) }
    return self
  }

  /// Records this tensor as the result of an operation on two tensors.
  @discardableResult
  @inline(__always)
  public consuming func recorded(_ operation: Operator, _ x: Tensor, _ y: Tensor) -> Tensor {
    let (first, second) = (x.recordedNode, y.recordedNode)
    if first != nil || second != nil { record(operation, nil, x, first, y, second) }
    return self
  }

  /// Records this tensor as the result of an operation on one tensor, with its attributes.
  @discardableResult
  @inline(__always)
  public consuming func recorded<Attributes>(
    _ operation: Operator, _ x: Tensor, with attributes: @autoclosure () -> Attributes
  ) -> Tensor {
    if let node = x.recordedNode { record(operation, AttributeBox(attributes()), x, node) }
    return self
  }

  /// Records this tensor as the result of an operation on two tensors, with its attributes.
  @discardableResult
  @inline(__always)
  public consuming func recorded<Attributes>(
    _ operation: Operator, _ x: Tensor, _ y: Tensor, with attributes: @autoclosure () -> Attributes
  ) -> Tensor {
    let (first, second) = (x.recordedNode, y.recordedNode)
    if first != nil || second != nil {
      record(operation, AttributeBox(attributes()), x, first, y, second)
    }
    return self
  }

  /// Records this tensor as the result of an operation on three tensors.
  @discardableResult
  public consuming func recorded(
    _ operation: Operator, _ x: Tensor, _ y: Tensor, _ z: Tensor
  ) -> Tensor {
    if isGradEnabled, x.node != nil || y.node != nil || z.node != nil {
      record(operation, nil, [x, y, z])
    }
    return self
  }

  /// Records this tensor as the result of an operation on any number of tensors, with its
  /// attributes.
  @discardableResult
  public consuming func recorded<Attributes>(
    _ operation: Operator, _ inputs: [Tensor], with attributes: @autoclosure () -> Attributes = ()
  ) -> Tensor {
    if isGradEnabled, inputs.contains(where: { $0.node != nil }) {
      record(operation, AttributeBox(attributes()), inputs)
    }
    return self
  }

  /// The node that a recorded operation on this tensor leads to; nil if it would not be recorded.
  private var recordedNode: Node? {
    @inline(__always) get { isGradEnabled ? node : nil }
  }

  private func record(
    _ operation: Operator, _ attributes: consuming AnyObject?, _ x: Tensor, _ node: consuming Node
  ) {
    operation.requireInputs(1)
    ownNode = Node(
      operation, attributes, of: self, .to(node, keeping: operation.first, x, x), .none)
  }

  private func record(
    _ operation: Operator, _ attributes: consuming AnyObject?, _ x: Tensor,
    _ first: consuming Node?, _ y: Tensor, _ second: consuming Node?
  ) {
    operation.requireInputs(2)
    ownNode = Node(
      operation, attributes, of: self, .to(first, keeping: operation.first, x, y),
      .to(second, keeping: operation.second, x, y))
  }

  func record(_ operation: Operator, _ attributes: AnyObject?, _ inputs: [Tensor]) {
    operation.requireInputs(inputs.count)
    let edges = inputs.enumerated().map { number, input -> Edge in
      let derivative = operation.derivative(number)
      guard let node = input.node, !derivative.isNone else { return .none }
      func kept(_ operand: Operand) -> SavedTensor? {
        operand.number < 0 ? nil : SavedTensor(inputs[operand.number])
      }
      let saving = derivative.saving
      return Edge(node: node, saved: kept(saving.first), alsoSaved: kept(saving.second))
    }
    ownNode = Node(operation, attributes, of: self, .none, .none, edges)
  }
}

extension Edge {
  /// The edge to an input, with the operands, of two, that its derivative saves.
  @inline(__always)
  fileprivate static func to(
    _ node: consuming Node?, keeping saving: Saving, _ x: borrowing Tensor, _ y: borrowing Tensor
  ) -> Edge {
    guard let node else { return .none }
    @inline(__always)
    func kept(_ operand: Operand) -> SavedTensor? {
      operand.number < 0 ? nil : SavedTensor(operand.number == 0 ? copy x : copy y)
    }
    return Edge(node: node, saved: kept(saving.first), alsoSaved: kept(saving.second))
  }
}
