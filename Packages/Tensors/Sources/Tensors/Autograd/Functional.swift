@_spi(Flambeau) import Devices

// Derivatives of functions, rather than of tensors.

/// The Jacobian of f at x: `torch.func.jacrev` and `jacfwd`; of shape [shape of f(x)…, shape of
/// x…]. With `createGraph` it can be differentiated again.
///
/// The function runs once. If x has fewer elements than f(x), the Jacobian is computed column by
/// column in forward mode, else row by row in reverse mode.
public func jacobian(
  _ x: Tensor, createGraph: Bool = false, of function: (Tensor) -> Tensor
) -> Tensor {
  let input = leaf(x, createGraph)
  let output = enableGrad { function(input) }
  guard output.recordedOrLeaf, output.numel > 0 else {
    return .zeros(output.shape + x.shape, dtype: x.dtype, device: x.device)
  }
  func one(_ place: Int, of tensor: Tensor) -> Tensor {
    let one = Tensor.zeros([tensor.numel], dtype: tensor.dtype, device: tensor.device)
    one[place].fill(1)
    return one.reshape(tensor.shape)
  }
  if x.numel < output.numel, let tangents = Tangents(output, from: [input]) {
    let columns = (0..<x.numel).map { place in
      tangents.carried([one(place, of: x)], createGraph: createGraph)
        ?? .zerosLike(output.detach())
    }
    return Tensor.stack(columns, dim: -1).reshape(output.shape + x.shape)
  }
  let rows = (0..<output.numel).map { place in
    grad(
      of: output, withRespectTo: input, gradient: one(place, of: output), retainGraph: true,
      createGraph: createGraph)
  }
  return Tensor.stack(rows).reshape(output.shape + x.shape)
}

/// The Hessian of a scalar-valued function at x: `torch.func.hessian`; of shape [shape of x…, shape
/// of x…].
public func hessian(_ x: Tensor, of function: (Tensor) -> Tensor) -> Tensor {
  jacobian(x) { x in
    let output = function(x)
    guard output.numel == 1 else {
      fatalError("hessian: the function returns shape \(output.shape); it must return one number")
    }
    return output.recordedOrLeaf
      ? grad(of: output, withRespectTo: x, createGraph: true) : .zerosLike(x)
  }
}

/// f(x) and vᵀ · ∂f/∂x: `torch.func.vjp`.
public func vectorJacobianProduct(
  _ x: Tensor, _ vector: Tensor, of function: (Tensor) -> Tensor
) -> (output: Tensor, product: Tensor) {
  let input = leaf(x, false)
  let output = enableGrad { function(input) }
  guard output.recordedOrLeaf else { return (output, .zerosLike(x)) }
  return (output.detach(), grad(of: output, withRespectTo: input, gradient: vector))
}

/// A leaf with the elements of x, or x itself if the result is to be differentiated with respect to
/// it.
func leaf(_ x: Tensor, _ keepsHistory: Bool) -> Tensor {
  if x.requiresGrad, keepsHistory || isGradEnabled { return x }
  let leaf = x.detach()
  leaf.requiresGrad = true
  return leaf
}

extension Tensor {
  /// Whether backward can start here.
  fileprivate var recordedOrLeaf: Bool { node != nil }
}

/// Computes a function without saving tensors for backward, and computes it again in backward:
/// `torch.utils.checkpoint.checkpoint`. This trades time for memory.
///
/// Parameters that the function uses get their gradients as usual. Both times it runs under the
/// same `AmbientState`, including autocast, and draws the same random numbers, from any generator.
public func checkpoint(
  _ inputs: [Tensor], of function: @escaping ([Tensor]) -> Tensor
) -> Tensor {
  guard isGradEnabled else { return function(inputs) }
  let (ambient, generators) = (AmbientState.current, DrawnGenerators())
  let output = generators.record { noGrad { function(inputs) } }
  // It is recorded even if no input requires a gradient, since parameters may.
  let anchor = Tensor.zeros([], dtype: .float32, requiresGrad: true)
  return customFunction(
    .custom("checkpoint"), inputs + [anchor], formula: { function($0.dropLast()) }
  ) { _ in
    output
  } backward: { g, _, _ in
    let leaves = inputs.map { input -> Tensor in
      let leaf = input.detach()
      if input.requiresGrad { leaf.requiresGrad = true }
      return leaf
    }
    let again = generators.replay { ambient.run { enableGrad { function(leaves) } } }
    again.backward(gradient: g)
    return leaves.map(\.grad) + [nil]
  }
}
