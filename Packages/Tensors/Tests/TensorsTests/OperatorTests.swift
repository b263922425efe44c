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

  @Test func callsCanBeLookedAt() {
    let x = Tensor([1.0, -2], requiresGrad: true)
    #expect(scaledCube(x, 0.5).recordedOperation?.operation === Operator.scaledCube)
    #expect(scaledCube(x, 0.5).recordedOperation?.attributes as? Double == 0.5)
    let scaled = x.leakyRelu(negativeSlope: 0.25)
    #expect(scaled.recordedOperation?.operation.parameters == ["negativeSlope"])
    #expect(scaled.recordedOperation?.attributes as? [Double] == [0.25])
    #expect(x.softmax(dim: -1).recordedOperation?.attributes as? Int == 0)
    #expect(x.exp().recordedOperation?.attributes == nil && x.recordedOperation == nil)
  }

  @Test func graphsShowWhatCallsWereGiven() {
    func fields(_ y: Tensor) -> [String] {
      y.graph().nodes.first { $0.kind == .operation }!.fields.dropFirst().map {
        "\($0.name): \($0.text)"
      }
    }
    let x = Tensor.ones([2, 4, 4], requiresGrad: true)
    #expect(fields(x.leakyRelu(negativeSlope: 0.25)) == ["negativeSlope: 0.25"])
    #expect(fields(x.softmax(dim: -1)) == ["dim: 2"])
    #expect(fields(x.sum(dims: [0, -1])) == ["dims: [0, 2]"])
    #expect(fields(x.sum()) == [] && fields(x.exp()) == [] && fields(x.flatten()) == [])
    #expect(fields(x.transpose(0, 1)) == ["dims: (0, 1)"])
    #expect(fields(x.std(dims: [1])) == ["correction: 1", "dims: [1]"])
    let w = Tensor.ones([4, 1, 1, 1])
    let image = Tensor.ones([1, 2, 4, 4], requiresGrad: true)
    #expect(
      fields(image.conv2d(w, stride: [2, 1], groups: 2)) == ["stride: [2, 1]", "groups: 2"])
  }

  /// Tangents are computed by a row's rule, or by differentiating its derivative.
  @Test func tangentsGoThroughThem() {
    let x = Tensor([1.0, -2], dtype: .float64)
    let v = Tensor([1.0, 10], dtype: .float64)
    let cube = jacobianVectorProduct(x, v) { scaledCube($0, 0.5) }
    #expect(cube.product.allclose(x * x * v * 1.5))
    let both = jacobianVectorProduct([x, v], [v, x]) { mixed($0[0], $0[1]) }
    #expect(both.product.allclose(v.exp() * (v + x * x)))
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
      "recorded(mixed): 1 inputs, but a derivative saves input number 2",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1.0]).recorded(.mixed, Tensor([1.0], requiresGrad: true))
      })
    await expectMessage(
      "Operator(turned): derivatives must be in the order of the inputs, x, y, z",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Operator("turned", .wrt(.y, "1") { g in g }, .wrt(.x, "1") { g in g })
      })
  }
}
