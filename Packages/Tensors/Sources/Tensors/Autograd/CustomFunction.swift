import Synchronization

/// Applies an operation with a custom derivative: `torch.autograd.Function`.
///
///     let y = customFunction("clip", [x]) { inputs in
///       inputs[0].clamp(min: -1, max: 1)
///     } backward: { g, inputs, output in
///       [g]  // as if nothing had been cut
///     }
///
/// - Parameters:
///   - name: its name in graphs and messages.
///   - inputs: the tensors that it is computed from.
///   - forward: computes the output; its operations are not recorded.
///   - backward: returns the gradients of the inputs, in order, given the gradient of the output,
///     the inputs and the output; nil for inputs without a gradient. Written in tensor operations,
///     it can be differentiated again.
public func customFunction(
  _ name: String, _ inputs: [Tensor], _ forward: ([Tensor]) -> Tensor,
  backward: @escaping (_ gradient: Tensor, _ inputs: [Tensor], _ output: Tensor) -> [Tensor?]
) -> Tensor {
  customFunction(.custom(name), inputs, forward, backward: backward)
}

/// Applies an operation whose derivatives are computed together.
///
/// - Parameter formula: the operation in tensor operations, from which tangents are computed.
func customFunction(
  _ operation: Operator, _ inputs: [Tensor], formula: (([Tensor]) -> Tensor)? = nil,
  _ forward: ([Tensor]) -> Tensor,
  backward: @escaping (_ gradient: Tensor, _ inputs: [Tensor], _ output: Tensor) -> [Tensor?]
) -> Tensor {
  let output = noGrad { forward(inputs) }
  // The forward function may return an input, which keeps its own history.
  let result = inputs.contains { $0 === output } ? Tensor(output.view) : output
  if isGradEnabled, inputs.contains(where: { $0.node != nil }) {
    result.record(operation, JointDerivative(operation.name, inputs, formula, backward), inputs)
  }
  return result
}

extension Operator {
  /// The user-defined operation of that name.
  static func custom(_ name: String) -> Operator {
    customs.withLock { customs in
      if let known = customs[name] { return known }
      let new = Operator(joint: name, "by \(name)'s own derivative")
      customs[name] = new
      return new
    }
  }

  private static let customs = Mutex<[String: Operator]>([:])

  /// An operation whose derivatives are computed together, with their formulas.
  convenience init(
    joint name: String, precision: AutocastPolicy = .none, _ formulas: String...
  ) {
    self.init(
      name, formulas.map { Derivative($0, saving: .output, rule: .joint) }, precision: precision)
  }
}

/// The jointly computed derivatives of a call.
final class JointDerivative {
  private let name: String
  private let inputs: [SavedTensor]
  /// The operation in tensor operations, if known.
  let formula: (([Tensor]) -> Tensor)?
  private let backward: (Tensor, [Tensor], Tensor) -> [Tensor?]

  init(
    _ name: String, _ inputs: [Tensor], _ formula: (([Tensor]) -> Tensor)?,
    _ backward: @escaping (Tensor, [Tensor], Tensor) -> [Tensor?]
  ) {
    self.name = name
    self.inputs = inputs.map { SavedTensor($0) }
    self.formula = formula
    self.backward = backward
  }

  /// The inputs of the call.
  func tensors(for node: Node) -> [Tensor] { inputs.map { $0.tensor(for: node) } }

  /// The gradients, computed once in each visit of the node.
  func gradients(of gradient: Tensor, _ output: Tensor, _ known: inout [Tensor]?) -> [Tensor] {
    if let known { return known }
    let inputs = tensors(for: output.node!)
    let gradients = backward(gradient, inputs, output)
    guard gradients.count == inputs.count else {
      fatalError(
        "\(name): backward returned \(gradients.count) gradients for \(inputs.count) inputs")
    }
    let all = zip(gradients, inputs).map { $0 ?? .zerosLike($1) }
    known = all
    return all
  }
}

/// The gradients of the inputs of a function written in tensor operations, recorded so that they
/// can be differentiated again.
func derivatives(
  of inputs: [Tensor], _ gradient: Tensor, _ function: ([Tensor]) -> Tensor
) -> [Tensor?] {
  // Separate nodes, since one tensor may be several inputs.
  let own = inputs.map { input in
    input.requiresGrad
      ? input.viewed(
        .view, input.view.layout, with: ShapeChange(from: input.shape, to: input.shape)) : input
  }
  var gradients = grad(
    of: function(own), withRespectTo: own.filter(\.requiresGrad), gradient: gradient,
    createGraph: true
  ).makeIterator()
  return own.map { $0.requiresGrad ? gradients.next()! : nil }
}
