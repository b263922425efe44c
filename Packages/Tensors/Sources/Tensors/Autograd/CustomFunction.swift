/// An operation with a derivative of one's own: `torch.autograd.Function`.
///
///     let y = customFunction("clip", [x]) { inputs in
///       inputs[0].clamp(min: -1, max: 1)
///     } backward: { g, inputs, output in
///       [g]  // as if nothing had been cut
///     }
///
/// - Parameters:
///   - name: what graphs and messages call it.
///   - inputs: what it is computed from.
///   - forward: computes the output; nothing is recorded meanwhile.
///   - backward: the gradients of the inputs, in their order, given that of the output, the inputs and
///     the output; nil for those that have none. Written in tensor operations, it can be
///     differentiated too.
public func customFunction(
  _ name: String, _ inputs: [Tensor], _ forward: ([Tensor]) -> Tensor,
  backward: @escaping (_ gradient: Tensor, _ inputs: [Tensor], _ output: Tensor) -> [Tensor?]
) -> Tensor {
  let output = noGrad { forward(inputs) }
  // The forward function may hand back an input, which keeps its own history.
  let result = inputs.contains { $0 === output } ? Tensor(output.view) : output
  let saved = inputs.map { SavedTensor($0) }
  let edges = inputs.enumerated().map { index, input in
    Edge.wrt(
      input,
      savingOutput: { g, y in
        let node = y.node!
        let gradients = node.gradientsOfInputs ?? backward(g, saved.map { $0.tensor(for: node) }, y)
        guard gradients.count == inputs.count else {
          fatalError(
            "\(name): backward gave \(gradients.count) gradients for \(inputs.count) inputs")
        }
        node.gradientsOfInputs = gradients
        return gradients[index] ?? .zerosLike(input)
      })
  }
  return result.recorded(name, edges)
}

/// The gradients of the inputs of a function that is written in tensor operations, recorded, so that they
/// can be differentiated again.
func derivatives(
  of inputs: [Tensor], _ gradient: Tensor, _ function: ([Tensor]) -> Tensor
) -> [Tensor?] {
  // Nodes of their own, since one tensor may be several inputs.
  let own = inputs.map { input in
    input.requiresGrad ? input.viewed("view", input.view.layout) { g in g } : input
  }
  var slopes = grad(
    of: function(own), withRespectTo: own.filter(\.requiresGrad), gradient: gradient,
    createGraph: true
  ).makeIterator()
  return own.map { $0.requiresGrad ? slopes.next()! : nil }
}
