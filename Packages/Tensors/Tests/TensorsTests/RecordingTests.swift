import Graphs
import Tensors
import Testing

@Suite struct RecordingTests {
  @Test func eachStepIsTold() {
    let w = Tensor([[1.0, 2]], requiresGrad: true)
    let x = Tensor([[3.0], [4.0]], requiresGrad: true)
    let loss = w.matmul(x).square().sum()
    let recording = loss.recordBackward(names: ["w": w, "x": x])
    #expect(
      recording.text == """
        start: the gradient of result is 1
        step 1 of 3: sum gets 1
          to square: ∂Σx/∂xᵢ = 1: g, repeated
            hands on [[1]]
        step 2 of 3: square gets [[1]]
          to matmul: ∂x²/∂x = 2x
            hands on [[22]]
        step 3 of 3: matmul gets [[22]]
          to w: ∂L/∂x = g • yᵀ
            hands on [[66, 88]]
          to x: ∂L/∂y = xᵀ • g
            hands on [[22], [44]]
        """)
    #expect(w.grad!.equal(Tensor([[66.0, 88]])) && x.grad!.equal(Tensor([[22.0], [44]])))
    // The gradients of all are in the graph.
    let places = recording.graph.nodes.indices.filter {
      recording.graph.nodes[$0].field("grad") != nil
    }
    #expect(
      places.map { recording.graph.nodes[$0].label } == [
        "w", "x", "matmul", "square", "sum", "result",
      ])
  }

  /// Recording does not change the pass.
  @Test func recordingChangesNothing() {
    let start = Tensor.randn([5, 4])
    func gradients(_ run: (Tensor) -> Void) -> Tensor {
      let x = start.clone()
      x.requiresGrad = true
      let y = (x.exp() * x + x[1]).softmax(dim: 1)
      run((y * y.detach()).sum() + x.mean())
      return x.grad!
    }
    let plain = gradients { $0.backward() }
    let recorded = gradients { _ = $0.recordBackward() }
    #expect(plain.equal(recorded))
  }

  @Test func gradientsAddUpAndHooksAreSeen() {
    let x = Tensor([1.0, 2], requiresGrad: true)
    x.sum().backward()
    let y = x * 3
    y.registerHook { $0 * 10 }
    let recording = y.sum().recordBackward(names: ["x": x])
    #expect(recording.steps.last?.gradient.text == "[10, 10]")
    #expect(recording.text.hasSuffix("hands on [30, 30], which makes [31, 31]"))
  }

  /// A custom operation is named as such.
  @Test func ownOperations() {
    let x = Tensor([2.0], requiresGrad: true)
    let y = customFunction("cube", [x]) {
      $0[0] * $0[0] * $0[0]
    } backward: { g, inputs, _ in
      [g * 3 * inputs[0].square()]
    }
    #expect(y.recordBackward().text.contains("to parameter: by cube's own derivative"))
  }

  @Test func largeTensorsAreSummarised() {
    let x = Tensor.arange(100).to(.float32)
    x.requiresGrad = true
    let node = (x * 2).graph(names: ["x": x]).nodes[0]
    #expect(node.fields.map(\.text) == ["float32 [100], 400 B", "49.5 ± 28.87\n0 to 99"])
    #expect(node.field("value")?.numbers?.count == 100)
  }
}
