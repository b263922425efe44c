import Testing

@testable import Tensors

/// Half-precision operations compute in float32 and round once, at the end.
@Suite struct HalfTests {
  private static let halves: [DType] = [.float16, .bfloat16]

  /// The result and gradients of an operation, in a dtype, on inputs rounded to half precision.
  private func results(
    _ golden: GoldenCase, rounded half: DType, in dtype: DType
  ) throws -> (output: Tensor, gradients: [Tensor]) {
    let inputs = try golden.inputs.map { input in
      let leaf = try input.tensor().to(half).to(dtype)
      leaf.requiresGrad = true
      return leaf
    }
    let output = operations[golden.name]!(inputs)
    if output.requiresGrad {
      output.backward(gradient: try golden.cotangent.tensor().to(half).to(dtype))
    }
    return (output, inputs.map { $0.grad ?? .zerosLike($0) })
  }

  /// Whether half-precision numbers are as close to others as rounding allows, up to a fraction of
  /// the largest.
  private func isNear(_ own: Tensor, _ exact: Tensor, allowing share: Double) -> Bool {
    let scale = exact.abs().amax().item()
    let tolerance = (exact.abs() * 0.51 + share * scale) * own.dtype.epsilon + 1e-7
    let distance = (own.to(.float32) - exact).abs()
    return ((distance .<= tolerance) | (exact.isnan() & own.isnan())).all().item(as: Bool.self)
  }

  /// Operations that PyTorch lacks in half precision, and cases of the table made of several
  /// operations.
  private static let others = ["qr", "cholesky", "eigh", "svd", "pinverse", "assign"]

  private static let cases = GoldenCase.all.filter { golden in
    !others.contains { golden.name.hasPrefix($0) }
  }

  /// As in PyTorch's type promotion.
  @Test(arguments: halves)
  func numbersDoNotDecideTheType(dtype: DType) {
    let (start, end) = (Tensor(1, dtype: dtype), Tensor(2, dtype: dtype))
    #expect(start.lerp(end, weight: 0.5).dtype == dtype)
    #expect(start.lerp(end, weight: Tensor(0.5, dtype: .float32)).dtype == .float32)
    #expect(start.reshape(1).lerp(end, weight: Tensor(0.5, dtype: .float32)).dtype == dtype)
  }

  @Test(arguments: cases, halves)
  func resultsAreRoundedOnce(golden: GoldenCase, dtype: DType) throws {
    let own = try results(golden, rounded: dtype, in: dtype)
    let exact = try results(golden, rounded: dtype, in: .float32)
    guard own.output.dtype == dtype, own.output.numel > 0 else { return }
    #expect(isNear(own.output, exact.output, allowing: 0))
    for (own, exact) in zip(own.gradients, exact.gradients) where own.numel > 0 {
      // A derivative may be computed from the rounded result.
      #expect(isNear(own, exact, allowing: 1))
    }
  }
}
