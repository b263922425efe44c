import Tensors
import Testing

private func numbers(_ tensor: Tensor?) -> [Double]? { tensor?.scalars(as: Double.self) }

@Suite struct HookTests {
  @Test func hooksSeeAndReplaceGradients() {
    let x = Tensor([1.0, 2], requiresGrad: true)
    let y = x * 3
    nonisolated(unsafe) var seen: [[Double]] = []
    y.registerHook { g in
      seen.append(g.scalars())
      return g * 10
    }
    let hook = x.registerHook { g in
      seen.append(g.scalars())
      return nil
    }
    // The leaf's hook runs once, after the gradients of both paths are added.
    (y.sum() + (x * 2).sum()).backward()
    #expect(seen == [[1, 1], [32, 32]] && numbers(x.grad) == [32, 32])
    hook.remove()
    x.grad = nil
    (x * 2).sum().backward()
    #expect(seen.count == 2 && numbers(x.grad) == [2, 2])
  }

  /// Doubling and adding one is not adding one and doubling: hooks run in order.
  @Test func hooksRunInTheirOrder() {
    let x = Tensor([1.0, 2], requiresGrad: true)
    x.registerHook { $0 * 2 }
    x.registerHook { $0 + 1 }
    x.sum().backward()
    #expect(numbers(x.grad) == [3, 3])
  }

  @Test func hooksRunForGradToo() {
    let x = Tensor([1.0, 2], requiresGrad: true)
    let y = x * 3
    y.registerHook { $0 * 2 }
    #expect(numbers(grad(of: y.sum(), withRespectTo: x)) == [6, 6])
  }

  @Test func gradientsHaveMemoryOfTheirOwn() {
    let (a, b) = (Tensor([1.0], requiresGrad: true), Tensor([2.0], requiresGrad: true))
    let g = Tensor([1.0])
    (a + b).backward(gradient: g)
    a.grad!.update(.multiply, 5)
    #expect(a.grad?.item() == 5 && b.grad?.item() == 1 && g.item() == 1)
  }
}

@Suite struct CustomFunctionTests {
  private func straightThrough(_ x: Tensor) -> Tensor {
    customFunction("straightThrough", [x]) {
      $0[0].round()
    } backward: { g, _, _ in
      [g]
    }
  }

  @Test func ownDerivatives() {
    let x = Tensor([0.4, 1.6], requiresGrad: true)
    let y = straightThrough(x)
    #expect(numbers(y) == [0, 2] && y.gradFn == "straightThrough")
    (y * y).sum().backward()
    #expect(numbers(x.grad) == [0, 4])
  }

  @Test func inputsAndOutputInBackward() throws {
    // y = a · eᵇ, so ∂y/∂a = eᵇ and ∂y/∂b = y.
    func product(_ inputs: [Tensor]) -> Tensor {
      customFunction("product", inputs) {
        $0[0] * $0[1].exp()
      } backward: { g, inputs, y in
        [g * inputs[1].exp(), g * y]
      }
    }
    let inputs = [Tensor([0.5, -2], dtype: .float64), Tensor([0.3, 1.5], dtype: .float64)]
    try gradCheck(inputs, of: product)
    try gradGradCheck(inputs, of: product)
  }

  /// A second pass with the same gradient computes it again, in its own grad mode.
  @Test func passesDoNotShareGradients() {
    nonisolated(unsafe) var calls = 0
    let x = Tensor([1.0, 2], requiresGrad: true)
    let y = customFunction("cube", [x]) {
      $0[0] * $0[0] * $0[0]
    } backward: { g, inputs, _ in
      calls += 1
      return [g * inputs[0] * inputs[0] * 3]
    }
    let g = Tensor([1.0, 1])
    y.backward(gradient: g, retainGraph: true)
    let slope = grad(of: y, withRespectTo: x, gradient: g, createGraph: true)
    #expect(calls == 2 && slope.requiresGrad)
    #expect(numbers(grad(of: slope.sum(), withRespectTo: x)) == [6, 12])
  }

  @Test func aWrongDerivativeIsFound() {
    let error = #expect(throws: GradCheckError.self) {
      try gradCheck([Tensor([1.0, 2], dtype: .float64)]) { inputs in
        customFunction("wrong", inputs) {
          $0[0].square()
        } backward: { g, inputs, _ in
          [g * inputs[0]]
        }
      }
    }
    #expect(error?.input == 0 && error?.element == 0)
    #expect(error?.localizedDescription.contains("finite differences say") == true)
  }
}

@Suite struct FunctionalTests {
  private let x = Tensor([1.0, 2, 3], dtype: .float64)

  @Test func jacobians() {
    let j = jacobian(x) { x in Tensor.stack([x.square().sum(), x.prod()]) }
    #expect(j.shape == [2, 3] && numbers(j) == [2, 4, 6, 6, 3, 2])
    #expect(numbers(jacobian(x) { _ in Tensor([5.0], dtype: .float64) }) == [0, 0, 0])
    #expect(x.requiresGrad == false)
  }

  @Test func hessians() {
    let h = hessian(x) { x in x.prod() + x[0].pow(3) }
    #expect(numbers(h) == [6, 3, 2, 3, 0, 1, 2, 1, 0])
    #expect(numbers(hessian(x) { $0.sum() }) == [Double](repeating: 0, count: 9))
  }

  @Test func productsWithVectors() {
    let v = Tensor([1.0, 0, -1], dtype: .float64)
    func f(_ x: Tensor) -> Tensor { x * x * x[0] }
    let j = jacobian(x, of: f)
    #expect(numbers(vectorJacobianProduct(x, v, of: f).product) == numbers(v.matmul(j)))
    let (output, product) = jacobianVectorProduct(x, v, of: f)
    #expect(numbers(product) == numbers(j.matmul(v)) && numbers(output) == [1, 4, 9])
  }

  /// Forward mode is used where there are fewer inputs, and both modes give the same.
  @Test func jacobiansOfManyOutputs() {
    let w = Tensor(
      [[1.0, -2, 0.5], [0.3, 2, -1], [4, 0, 1], [1, 1, 1], [-1, 2, 0]], dtype: .float64)
    func f(_ x: Tensor) -> Tensor { w.matmul(x.tanh()).softmax(dim: 0) }
    let tall = jacobian(x, of: f)
    let rows = (0..<5).map { row in jacobian(x) { f($0)[row] } }
    #expect(tall.shape == [5, 3] && tall.allclose(.stack(rows)))
    // Along two paths at once.
    let hessians = jacobian(x, createGraph: true) { x in jacobian(x, createGraph: true, of: f) }
    let second = (0..<5).map { row in hessian(x) { f($0)[row] } }
    #expect(hessians.shape == [5, 3, 3] && hessians.allclose(.stack(second)))
  }

  @Test func productsOfSeveralInputs() {
    let (a, b) = (Tensor([1.0, 2], dtype: .float64), Tensor([3.0], dtype: .float64))
    let (output, product) = jacobianVectorProduct(
      [a, b], [Tensor([1.0, 10], dtype: .float64), Tensor([100.0], dtype: .float64)]
    ) { $0[0] * $0[1] }
    #expect(numbers(output) == [3, 6] && numbers(product) == [103, 230])
    #expect(product.requiresGrad == false && output.requiresGrad == false)
    let nothing = jacobianVectorProduct(a, a) { _ in b }
    #expect(numbers(nothing.product) == [0])
  }

  /// In place, through views, checkpoints, custom functions, half precision and other dtypes.
  @Test func tangentsGoEverywhere() {
    let v = Tensor([1.0, -1, 2], dtype: .float64)
    func agree(_ name: Comment, _ f: (Tensor) -> Tensor) {
      let forward = jacobianVectorProduct(x, v, of: f).product
      let backward = jacobian(x) { f($0).flatten() }
      #expect(forward.flatten().allclose(backward.matmul(v)), name)
    }
    agree("in place") { x in
      let y = x * 2
      y[1...].update(.multiply, x[..<2])
      y[0] = x[2] * x[1]
      return y * x
    }
    agree("checkpoint") { x in checkpoint([x]) { $0[0].sin() * $0[0] } }
    agree("own function") { x in
      customFunction("cube", [x]) {
        $0[0] * $0[0] * $0[0]
      } backward: { g, inputs, _ in
        [g * inputs[0] * inputs[0] * 3]
      }
    }
    agree("other dtypes") { x in (x * Tensor([2, 3, 4])).to(.float32).to(.float64) / 3 }
    agree("a part without a gradient") { x in x * x.detach() + x.sign() }
    let half = jacobianVectorProduct(x.to(.bfloat16), v.to(.bfloat16)) { $0.exp().layerNorm([3]) }
    #expect(half.product.dtype == .bfloat16)
  }

  @Test func checkpointsGiveTheSameGradients() {
    let w = Tensor([0.5, -1, 2], dtype: .float64, requiresGrad: true)
    let x = Tensor([1.0, 2, 3], dtype: .float64, requiresGrad: true)
    nonisolated(unsafe) var calls = 0
    func block(_ inputs: [Tensor]) -> Tensor {
      calls += 1
      return (inputs[0] * w).tanh() * Tensor.rand([3], dtype: .float64)
    }
    let generator = Generator(seed: 3)
    generator.withDefault { block([x]) }.sum().backward()
    let expected = (numbers(x.grad), numbers(w.grad))
    (x.grad, w.grad) = (nil, nil)
    generator.manualSeed(3)
    let y = generator.withDefault { checkpoint([x], of: block) }
    let next = Tensor.rand([1], generator: generator).item()
    y.sum().backward()
    #expect(calls == 3 && numbers(x.grad) == expected.0 && numbers(w.grad) == expected.1)
    generator.manualSeed(3)
    _ = Tensor.rand([3], dtype: .float64, generator: generator)
    #expect(Tensor.rand([1], generator: generator).item() == next)
    #expect(
      Tensor.rand([1], generator: generator).item() != next,
      "backward has left the generator where it was")
  }

  @Test func generatorsGoBack() {
    let generator = Generator(seed: 4)
    _ = Tensor.randn([5], generator: generator)
    let state = generator.state
    let first = Tensor.randn([7], generator: generator)
    generator.state = state
    #expect(first.equal(.randn([7], generator: generator)))
  }

  @Test func wrongVectorsStop() async {
    await expectMessage(
      "jacobianVectorProduct: inputs [[2]] and vectors [[3]]; there must be",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = jacobianVectorProduct(Tensor([1.0, 2]), Tensor([1.0, 2, 3])) { $0 }
      })
  }

  @Test func anomaliesAreNamed() async {
    await expectMessage(
      "backward: the derivative of “sqrt”, of shape [2], made the first NaN",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tensor([0.0, 1], requiresGrad: true)
        detectAnomaly { (x.sqrt() * 0).sum().backward() }
      })
    await expectMessage(
      "registerHook: a hook turned a gradient of shape [2] into one of []",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tensor([0.0, 1], requiresGrad: true)
        x.registerHook { $0.sum() }
        x.sum().backward()
      })
  }
}
