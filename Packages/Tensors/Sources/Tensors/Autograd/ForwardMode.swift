import OrderedCollections

/// f(x) and ∂f/∂x · v, in forward mode: `torch.func.jvp`.
///
/// Each operation of the computation, in order, propagates a tangent, which is how a tensor changes
/// with x along v; Wengert, “A simple automatic derivative evaluation program”, 1964.
///
/// - Parameters:
///   - x: the point at which the derivative is taken.
///   - vector: v, in the shape of x.
///   - createGraph: whether the product is recorded, so that it can be differentiated again.
///   - function: f.
public func jacobianVectorProduct(
  _ x: Tensor, _ vector: Tensor, createGraph: Bool = false, of function: (Tensor) -> Tensor
) -> (output: Tensor, product: Tensor) {
  jacobianVectorProduct([x], [vector], createGraph: createGraph) { function($0[0]) }
}

/// f(x, y, …) and ∂f/∂x · u + ∂f/∂y · v + …, in forward mode: `torch.func.jvp` with several inputs.
///
/// - Parameters:
///   - inputs: the point at which the derivative is taken.
///   - vectors: one for each input, in its shape.
///   - createGraph: whether the product is recorded, so that it can be differentiated again.
///   - function: f.
public func jacobianVectorProduct(
  _ inputs: [Tensor], _ vectors: [Tensor], createGraph: Bool = false,
  of function: ([Tensor]) -> Tensor
) -> (output: Tensor, product: Tensor) {
  guard vectors.map(\.shape) == inputs.map(\.shape) else {
    fatalError(
      "jacobianVectorProduct: inputs \(inputs.map(\.shape)) and vectors \(vectors.map(\.shape)); there must be "
        + "a vector in the shape of each input")
  }
  let own = inputs.map { leaf($0, createGraph) }
  let output = enableGrad { function(own) }
  let product = Tangents(output, from: own)?.carried(vectors, createGraph: createGraph)
  return (
    createGraph ? output : output.detach(),
    product ?? .zeros(output.shape, dtype: output.dtype, device: output.device)
  )
}

/// The propagation of tangents through a recorded computation, from its inputs to its output.
struct Tangents {
  private let inputs: [Node]
  private let output: Node
  /// The nodes in between, in the order in which they were computed, with the number of edges to
  /// each.
  private var nodes: OrderedDictionary<ObjectIdentifier, (node: Node, uses: Int)> = [:]

  /// Nil if the output has no node, or none of the inputs has.
  init?(_ output: Tensor, from inputs: [Tensor]) {
    guard let last = output.node else { return nil }
    (self.inputs, self.output) = (inputs.compactMap(\.node), last)
    guard let earliest = self.inputs.map(\.sequence).min() else { return nil }
    var open = [last]
    while let node = open.popLast() {
      guard nodes[ObjectIdentifier(node)] == nil else { continue }
      nodes[ObjectIdentifier(node)] = (node, 0)
      if self.inputs.contains(where: { $0 === node }) || node.isLeaf { continue }
      node.inputs().forEachEdge { _, input, _ in
        if input.sequence >= earliest { open.append(input) }
      }
    }
    nodes.sort { $0.value.node.sequence < $1.value.node.sequence }
    for (node, _) in nodes.values where !node.isLeaf {
      node.inputs().forEachEdge { _, input, _ in nodes[ObjectIdentifier(input)]?.uses += 1 }
    }
  }

  /// The tangent of the output, given those of the inputs; nil if it is 0.
  func carried(_ vectors: [Tensor], createGraph: Bool) -> Tensor? {
    // Derivatives are computed in the dtypes of the recorded operations.
    withAutocast(nil) {
      withGradEnabled(createGraph) {
        fusedUnlessRecorded { carried(vectors, createGraph) }
      }
    }
  }

  private func carried(_ vectors: [Tensor], _ createGraph: Bool) -> Tensor? {
    var tangents: [ObjectIdentifier: (tangent: Tensor, uses: Int)] = [:]
    for (key, (node, uses)) in nodes {
      if let place = inputs.firstIndex(where: { $0 === node }) {
        let vector = createGraph ? vectors[place] : vectors[place].detach()
        tangents[key] = (vector.to(node.dtype), uses)
        continue
      }
      if node.isLeaf { continue }
      let recorded = node.inputs()
      var known: [(number: Int, tangent: Tensor)] = []
      recorded.forEachEdge { _, input, number in
        let key = ObjectIdentifier(input)
        guard let (tangent, uses) = tangents[key] else { return }
        known.append((number, tangent))
        // A tangent is freed after its last use.
        tangents[key] = uses > 1 ? (tangent, uses - 1) : nil
      }
      if known.isEmpty { continue }
      if let tangent = node.tangent(known, recorded, createGraph) {
        tangents[key] = (tangent, uses)
      }
    }
    return tangents[ObjectIdentifier(output)]?.tangent
  }
}

extension Node {
  /// The tangent of this operation's output, given those of some inputs; nil if it is 0.
  fileprivate func tangent(
    _ known: [(number: Int, tangent: Tensor)], _ inputs: Inputs, _ createGraph: Bool
  ) -> Tensor? {
    if let joint = inputs.attributes as? JointDerivative, let formula = joint.formula {
      let own = joint.tensors(for: self)
      // Other inputs may be masks, which have no tangents.
      let moving = known.map { own[$0.number] }
      return jacobianVectorProduct(moving, known.map(\.tangent), createGraph: createGraph) {
        var inputs = own
        for ((number, _), leaf) in zip(known, $0) { inputs[number] = leaf }
        return formula(inputs)
      }.product.to(dtype)
    }
    var sum: Tensor?
    inputs.forEachEdge { edge, _, number in
      guard let tangent = known.first(where: { $0.number == number })?.tangent,
        let part = carried(tangent, number, along: edge, inputs, createGraph)
      else { return }
      let whole = part.expand(shape).to(dtype)
      sum = sum.map { $0 + whole } ?? whole
    }
    return sum
  }

  /// The contribution of one input's tangent to that of the output.
  private func carried(
    _ tangent: Tensor, _ number: Int, along edge: borrowing Edge, _ inputs: Inputs,
    _ createGraph: Bool
  ) -> Tensor? {
    let derivative = row!.derivative(number)
    var joint: [Tensor]?
    switch derivative.transposed {
    case .rule(let rule):
      return derivative.gradient(
        by: rule, number, of: tangent, along: edge, from: self, inputs, &joint)
    case .symmetric:
      return derivative.gradient(
        number, of: tangent.expand(shape).to(dtype), along: edge, from: self, inputs, &joint)
    case .differentiated:
      let gradient = Tensor.zeros(shape, dtype: dtype, device: device, requiresGrad: true)
      let result = enableGrad {
        derivative.gradient(number, of: gradient, along: edge, from: self, inputs, &joint)
          .reduced(to: tangent.shape).to(tangent.dtype)
      }
      return gradients(
        of: result, withRespectTo: gradient, gradient: tangent, createGraph: createGraph)
    }
  }
}
