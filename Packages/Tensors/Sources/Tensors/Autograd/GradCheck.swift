import Foundation

/// A derivative that disagrees with finite differences.
public struct GradCheckError: Error, LocalizedError {
  /// The index of the input.
  public let input: Int
  /// The index of the element, in row-major order.
  public let element: Int
  /// The derivative that backward computed.
  public let derivative: Double
  /// The derivative by finite differences.
  public let difference: Double

  public var errorDescription: String? {
    "the derivative with respect to element \(element) of input \(input) is \(derivative); finite "
      + "differences say \(difference)"
  }
}

/// Compares the derivatives of a function with central differences, for each element of its inputs:
/// `torch.autograd.gradcheck`. The outputs are reduced to one number by a weighted sum.
///
/// - Parameters:
///   - inputs: tensors of float64, since finite differences in lower precision are too coarse.
///   - step: the step of the differences.
///   - atol: the absolute tolerance.
///   - rtol: the relative tolerance.
///   - function: the function to differentiate.
/// - Throws: ``GradCheckError`` for the first derivative that is wrong.
public func gradCheck(
  _ inputs: [Tensor], step: Double = 1e-6, atol: Double = 1e-5, rtol: Double = 1e-3,
  of function: ([Tensor]) throws -> Tensor
) throws {
  let leaves = inputs.map { input -> Tensor in
    guard input.dtype == .float64 else {
      fatalError("gradCheck: an input of \(input.dtype); use to(.float64)")
    }
    let leaf = input.detach().clone()
    leaf.requiresGrad = true
    return leaf
  }
  let result = try enableGrad { weightedSum(try function(leaves)) }
  if result.requiresGrad { result.backward() }
  for (place, leaf) in leaves.enumerated() {
    let derivatives: [Double] = (leaf.grad ?? .zerosLike(leaf)).scalars()
    for element in 0..<leaf.numel {
      let ends = try noGrad {
        try [step, -step].map { change -> Double in
          let moved = leaf.detach().clone()
          moved.flatten()[element] += change
          var changed = leaves.map { $0.detach() }
          changed[place] = moved
          return weightedSum(try function(changed)).item()
        }
      }
      let difference = (ends[0] - ends[1]) / (2 * step)
      let derivative = derivatives[element]
      guard Swift.abs(derivative - difference) <= atol + rtol * Swift.abs(difference) else {
        throw GradCheckError(
          input: place, element: element, derivative: derivative, difference: difference)
      }
    }
  }
}

/// Compares second derivatives with central differences of the first ones:
/// `torch.autograd.gradgradcheck`.
///
/// - Throws: ``GradCheckError`` for the first derivative that is wrong.
public func gradGradCheck(
  _ inputs: [Tensor], step: Double = 1e-6, atol: Double = 1e-5, rtol: Double = 1e-3,
  of function: ([Tensor]) throws -> Tensor
) throws {
  try gradCheck(inputs, step: step, atol: atol, rtol: rtol) { inputs in
    let leaves = inputs.map { input -> Tensor in
      if input.requiresGrad { return input }
      let leaf = input.detach()
      leaf.requiresGrad = true
      return leaf
    }
    return try enableGrad {
      let result = weightedSum(try function(leaves))
      guard result.requiresGrad else { return Tensor.zeros([1], dtype: .float64) }
      let gradients = leaves.map {
        grad(of: result, withRespectTo: $0, retainGraph: true, createGraph: true).flatten()
      }
      return .cat(gradients)
    }
  }
}

/// The elements reduced to one number, with distinct weights.
private func weightedSum(_ output: Tensor) -> Tensor {
  let weights = Tensor.arange(output.numel, device: output.device).to(.float64).sin() + 2
  return (output * weights.reshape(output.shape)).sum()
}
