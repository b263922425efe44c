import Graphs
@testable import Tensors
import Testing

private func numbers(_ tensor: Tensor?) -> [Double]? { tensor?.scalars(as: Double.self) }

@Suite struct AutogradTests {
  @Test func leavesCollectGradients() {
    let w = Tensor([1.0, 2], requiresGrad: true)
    (w * w).sum().backward()
    #expect(numbers(w.grad) == [2, 4])
    (w * 3).sum().backward()
    #expect(numbers(w.grad) == [5, 7], "they add up")
    w.grad = nil
    #expect(w.grad == nil)
  }

  @Test func flags() {
    let w = Tensor([1.0], requiresGrad: true)
    let y = w * 2
    #expect(w.isLeaf && w.requiresGrad && w.gradFn == nil)
    #expect(!y.isLeaf && y.requiresGrad && y.gradFn == "multiply")
    #expect(!y.detach().requiresGrad && y.detach().isLeaf)
    #expect(noGrad { w * 2 }.requiresGrad == false)
    #expect(noGrad { enableGrad { w * 2 } }.requiresGrad)
    #expect((w * 2).requiresGrad, "noGrad ends with its block")
  }

  @Test func gradientsOfIntermediateTensors() {
    let w = Tensor([1.0, 2], requiresGrad: true)
    let y = w * 3
    y.retainGrad()
    let loss = y.square().sum()
    #expect(numbers(grad(of: loss, withRespectTo: y, retainGraph: true)) == [6, 12])
    loss.backward()
    #expect(numbers(y.grad) == [6, 12] && numbers(w.grad) == [18, 36])
  }

  @Test func gradLeavesGradAlone() {
    let (a, b) = (Tensor(2.0, requiresGrad: true), Tensor(3.0, requiresGrad: true))
    let gradients = grad(of: a * b * b, withRespectTo: [a, b])
    #expect(gradients.map { $0.item() } == [9, 12])
    #expect(a.grad == nil && b.grad == nil)
  }

  @Test func gradientsOfGradients() {
    let x = Tensor(2.0, dtype: .float64, requiresGrad: true)
    var derivative = x.pow(4)
    for expected in [32.0, 48, 48, 24] {
      derivative = grad(of: derivative, withRespectTo: x, createGraph: true)
      #expect(abs(derivative.item() - expected) < 1e-9)
    }
  }

  @Test func aGradientOfOnesOwn() {
    let x = Tensor([1.0, 2], requiresGrad: true)
    (x * x).backward(gradient: Tensor([1.0, 10]))
    #expect(numbers(x.grad) == [2, 40])
  }

  @Test func broadcastInputsGetSums() {
    let (x, b) = (Tensor.ones([3, 2], requiresGrad: true), Tensor(1.0, requiresGrad: true))
    (x + b).sum().backward()
    #expect(numbers(b.grad) == [6] && x.grad?.isContiguous == true)
  }

  @Test func mixedDtypesGetGradientsOfTheirOwn() {
    let x = Tensor([1.0, 2], requiresGrad: true)
    (x * Tensor([1.0, 2], dtype: .float64)).sum().backward()
    #expect(x.grad?.dtype == .float32)
  }

  @Test func aMillionOperationsGoBackwardAndAreFreed() {
    let w = Tensor([1.0], requiresGrad: true)
    var x = w
    for _ in 0..<1_000_000 { x = x + 1 }
    x.sum().backward()
    #expect(numbers(w.grad) == [1])
    var released = w
    for _ in 0..<1_000_000 { released = released.exp() }
    released = w
    #expect(released.isLeaf)
  }

  /// In a separate process, where nothing else allocates memory.
  @Test func stepsLeaveNoMemoryBehind() async {
    await #expect(processExitsWith: .success) {
      let w = Tensor.ones([100], requiresGrad: true)
      func step() {
        w.grad = nil
        (w * w).exp().sum().backward()
      }
      step()
      let before = CPU.memoryAllocated
      for _ in 0..<1000 { step() }
      guard CPU.memoryAllocated == before else { fatalError("memory grew") }
    }
  }

  @Test func threadsHaveTheirOwnGradMode() async {
    let w = Tensor([2.0], requiresGrad: true)
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<32 {
        group.addTask {
          let isOn = task % 2 == 0
          let y = isOn ? w * 2 : noGrad { w * 2 }
          return y.requiresGrad == isOn
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "backward: a tensor of shape [2] has no gradient of its own",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        (Tensor([1.0, 2], requiresGrad: true) * 2).backward()
      })
    await expectMessage(
      "backward: a tensor of shape [] does not depend on anything",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor(1.0).backward()
      })
    await expectMessage(
      "backward: the gradient has shape [3], the tensor [2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        (Tensor([1.0, 2], requiresGrad: true) * 2).backward(gradient: .ones([3]))
      })
    await expectMessage(
      "was freed by an earlier backward; pass retainGraph: true",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let loss = Tensor([1.0, 2], requiresGrad: true).exp().sum()
        loss.backward()
        loss.backward()
      })
    await expectMessage(
      "requiresGrad: a tensor of int64 has no gradient",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor([1, 2]).requiresGrad = true
      })
    await expectMessage(
      "a tensor computed by “exp” always requires a gradient",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor([1.0], requiresGrad: true).exp().requiresGrad = false
      })
    await expectMessage(
      "the result does not depend on a tensor of shape [1]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let (a, b) = (Tensor([1.0], requiresGrad: true), Tensor([1.0], requiresGrad: true))
        _ = grad(of: a * 2, withRespectTo: b)
      })
  }

  @Test func changesInPlaceThatBackwardNeedsAreCaught() async {
    await expectMessage(
      "that “multiply” needs for its gradient has been changed in place",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let (w, x) = (Tensor([1.0], requiresGrad: true), Tensor([2.0]))
        let y = w * x
        x.copy(from: Tensor([3.0]))
        y.backward()
      })
    await expectMessage(
      "that “exp” needs for its gradient has been changed in place",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let y = Tensor([1.0], requiresGrad: true).exp()
        noGrad { y.copy(from: Tensor([3.0])) }
        y.backward()
      })
    await expectMessage(
      "copy(from:): a leaf that requires a gradient, or a view of one, cannot be changed in place",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor([1.0], requiresGrad: true).copy(from: Tensor([3.0]))
      })
    await expectMessage(
      "subscript: a leaf that requires a gradient, or a view of one, cannot be changed in place",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor([[1.0]], requiresGrad: true)[0][0] = Tensor(3.0)
      })
    await expectMessage(
      "update(.add): this view was made inside noGrad",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let view = noGrad { Tensor([1.0, 2])[0] }
        view.update(.add, Tensor(1.0, requiresGrad: true))
      })
    await expectMessage(
      "update(.exp): several elements of this tensor of shape [2] share a memory location",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        (Tensor([1.0], requiresGrad: true) * 2).expand([2]).update(.exp)
      })
  }

  /// The kernel in place and the recorded operation give the same.
  @Test func changesInPlaceAreRecorded() throws {
    func numbers() -> Tensor { Tensor([0.3, 0.5, 0.9], dtype: .float64) }
    func check(_ name: String, _ update: (Tensor) -> Void) {
      let plain = numbers()
      if name == "acosh" { plain.update(.add, Tensor(1.0)) }
      let leaf = plain.clone()
      leaf.requiresGrad = true
      let recorded = leaf.clone()
      update(plain)
      update(recorded)
      #expect(recorded.equal(plain) && plain.gradFn == nil, "\(name)")
      #expect(recorded.gradFn != nil && recorded.gradFn != "clone", "\(name)")
    }
    // Calls create the rows of the operations, except those that only derivatives or powers call.
    _ = [Operator.gate, .cube, .geluGradient, .hardsigmoidGradient, .hardswishGradient]
    for golden in GoldenCase.all {
      _ = operations[golden.name]!(try golden.inputs.map { try $0.tensor() })
    }
    let rows = Operator.made.withLock {
      $0.filter { $0.isDifferentiable && $0.domain != .integral }
    }
    for operation in rows where operation.unaryKernel != nil {
      check(operation.name) {
        switch operation.parameters.count {
        case 0: $0.update(operation)
        case 1: $0.update(operation, with: 0.25)
        default: $0.update(operation, with: 0.25, 0.75)
        }
      }
    }
    for operation in rows where operation.binaryKernel != nil {
      check(operation.name) { $0.update(operation, Tensor([0.4, 0.5, -2])) }
    }
    let unary = Set(rows.compactMap(\.unaryKernel).map { "\($0)" })
    #expect(unary.count == UnaryOperation.allCases.count { $0.domain != .integral })
    let binary = Set(rows.compactMap(\.binaryKernel).map { "\($0)" })
    // One, floorDivide, has no gradient.
    #expect(binary.count + 1 == BinaryOperation.allCases.count { $0.domain != .integral })
  }

  @Test func wrongChangesInPlaceStop() async {
    await expectMessage(
      "update(.softplus): 0 parameters; it takes [\"beta\", \"threshold\"]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor([1.0]).update(.softplus)
      })
    await expectMessage(
      "update(.add): it is not an element-wise operation on one tensor",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor([1.0]).update(.add)
      })
  }

  @Test func viewsFollowChangesOfTheirBase() {
    let y = Tensor([1.0, 2], requiresGrad: true)
    let x = Tensor.zeros([2, 2])
    let (row, column) = (x[0], x.T[1])
    x[0] = y
    #expect(x.requiresGrad && row.requiresGrad && column.requiresGrad && !x.isLeaf)
    (row * 2 + column).sum().backward(retainGraph: true)
    #expect(y.grad!.equal(Tensor([2.0, 3])))

    // Each repeated element gets the gradients of all its copies.
    y.grad = nil
    let repeated = x[0].unsqueeze(0).expand([3, 2])
    x.update(.multiply, Tensor(4.0))
    repeated.sum().backward()
    #expect(y.grad!.equal(Tensor([12.0, 12])))

    // A detached tensor shares memory, but not the history.
    let free = x.detach()
    noGrad { x.fill(5) }
    #expect(!free.requiresGrad && free[1, 1].item() == 5)

    // A literal becomes a tensor at the first addition.
    var total: Tensor = 0
    for place in 0..<2 { total += y[place] * 2 }
    #expect(total.item() == 6 && total.requiresGrad)
  }

  @Test func memoryHeldForBackward() {
    let w = Tensor.ones([100], requiresGrad: true)
    func held(_ result: Tensor) -> [Int] {
      result.graph().nodes.map(\.savedBytes).filter { $0 > 0 }
    }
    // A product saves the other factor, once, and not the parameter itself.
    let x = Tensor.ones([100])
    #expect(held(w * x) == [400])
    #expect(held((w + x).square()) == [400])
    #expect(held(w + x) == [])
    #expect(held((w.to(.float64) * 1).exp()).last == 800)
    #expect(held(w * Tensor.ones([1000, 100])) == [400_000])
    let result = (w * x).sum()
    result.backward()
    #expect(held(result) == [])
  }

  @Test func graph() {
    let w = Tensor([[1.0, 2]], requiresGrad: true)
    let b = Tensor([0.5], requiresGrad: true)
    let loss = (Tensor([[3.0, 4]]).linear(w, bias: b).relu() + b).sum()
    let graph = loss.graph(names: ["weight": w, "bias": b])
    #expect(graph == loss.graph(names: ["weight": w, "bias": b]))
    typealias Node = ComputationGraph.Node
    func tensor(_ shape: [Int], _ values: Tensor? = nil) -> [ComputationGraph.Field] {
      [.init(describing: .float32, shape)] + (values.map { [.init("value", of: $0)] } ?? [])
    }
    let nodes = [
      Node(.parameter, label: "weight", fields: tensor([1, 2], w)),
      Node(.parameter, label: "bias", fields: tensor([1], b)),
      Node(.operation, label: "linear", fields: tensor([1, 1])),
      Node(.constant, label: "", fields: tensor([1, 2], Tensor([[3.0, 4]])), savedBytes: 8),
      Node(.operation, label: "relu", fields: tensor([1, 1])),
      Node(.saved, label: "", fields: tensor([1, 1], Tensor([[11.5]])), savedBytes: 4),
      Node(.operation, label: "add", fields: tensor([1, 1])),
      Node(.operation, label: "sum", fields: tensor([])),
      Node(.value, label: "result", fields: tensor([], Tensor(12.0))),
    ]
    #expect(graph.nodes == nodes)
    let pairs = [(0, 2), (1, 2), (3, 2), (2, 4), (4, 5), (4, 6), (1, 6), (6, 7), (7, 8)]
    let edges = pairs.map {
      ComputationGraph.Edge(from: $0.0, to: $0.1, isSaved: $0 == (4, 5))
    }
    #expect(graph.edges == edges)
  }
}
