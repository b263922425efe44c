import Tensors
import Testing

extension Operator {
  fileprivate static let scaledCube = Operator(
    "scaledCube",
    .wrt(.x, saving: .x, "∂(a·x³)/∂x = 3a·x²") { (g, x, a: Double) in g * x.square() * (3 * a) })
  fileprivate static let mixed = Operator(
    "mixed",
    .wrt(.x, saving: .y, .output, "∂(x·eʸ)/∂x = eʸ") { g, y, _ in g * y.exp() },
    .wrt(.y, saving: .output, "∂(x·eʸ)/∂y = x·eʸ") { g, output in g * output })
}

private func scaledCube(_ x: Tensor, _ a: Double) -> Tensor {
  noGrad { x * x * x * a }.recorded(.scaledCube, x, with: a)
}

private func mixed(_ x: Tensor, _ y: Tensor) -> Tensor {
  noGrad { x * y.exp() }.recorded(.mixed, x, y)
}

/// Operations that are written outside of the library.
@Suite struct OperatorTests {
  @Test func derivativesHaveAttributes() throws {
    let x = Tensor([1.0, -2], dtype: .float64, requiresGrad: true)
    scaledCube(x, 0.5).sum().backward()
    #expect(x.grad!.equal(Tensor([1.5, 6], dtype: .float64)))
    try gradCheck([x]) { scaledCube($0[0], 0.5) }
    try gradGradCheck([x]) { scaledCube($0[0], 0.5) }
    #expect(Operator.scaledCube.derivatives[0].formula == "∂(a·x³)/∂x = 3a·x²")
    #expect(scaledCube(x, 2).sum().recordBackward().text.contains("∂(a·x³)/∂x = 3a·x²"))
    #expect(noGrad { scaledCube(x, 2) }.gradFn == nil)
  }

  @Test func derivativesNeedInputsAndOutput() throws {
    let x = Tensor([1.0, -2], dtype: .float64, requiresGrad: true)
    let y = Tensor([0.5, 1], dtype: .float64, requiresGrad: true)
    try gradCheck([x, y]) { mixed($0[0], $0[1]) }
    try gradGradCheck([x, y]) { mixed($0[0], $0[1]) }
    // One of them needs none.
    try gradCheck([y]) { mixed(Tensor([3.0, 4], dtype: .float64), $0[0]) }
  }

  @Test func derivativesInTheWrongOrderStop() async {
    await expectMessage(
      "Operator(turned): derivatives stand in the order of the inputs, x, y, z",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Operator("turned", .wrt(.y, "1") { g in g }, .wrt(.x, "1") { g in g })
      })
  }
}
