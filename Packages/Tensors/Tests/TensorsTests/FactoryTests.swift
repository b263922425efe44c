import Tensors
import Testing

@Suite struct FactoryTests {
  private func numbers(_ tensor: Tensor) -> [Double] { tensor.scalars() }

  @Test func fullAndItsLike() {
    let x = Tensor.full([2, 2], 7, dtype: .int32)
    #expect(Tensor.fullLike(x, 3).equal(.full([2, 2], 3, dtype: .int32)))
    #expect(Tensor.emptyLike(x).shape == [2, 2] && Tensor.emptyLike(x).dtype == .int32)
    #expect(Tensor.empty([3], requiresGrad: true).requiresGrad)
    #expect(Tensor.randLike(Tensor.zeros([5])).shape == [5])
    #expect(Tensor.randnLike(Tensor.zeros([5], dtype: .float64)).dtype == .float64)
  }

  @Test func eyeAndTriangles() {
    #expect(numbers(.eye(2)) == [1, 0, 0, 1] && Tensor.eye(2, 3).shape == [2, 3])
    let x = Tensor.arange(9).reshape(3, 3)
    #expect(x.tril().scalars(as: Int.self) == [0, 0, 0, 3, 4, 0, 6, 7, 8])
    #expect(x.triu(diagonal: 1).scalars(as: Int.self) == [0, 1, 2, 0, 0, 5, 0, 0, 0])
    #expect(x.tril(diagonal: -1).scalars(as: Int.self) == [0, 0, 0, 3, 0, 0, 6, 7, 0])
  }

  @Test func linspaceHasBothEnds() {
    #expect(numbers(.linspace(0, 1, steps: 5)) == [0, 0.25, 0.5, 0.75, 1])
    #expect(numbers(.linspace(3, -3, steps: 3)) == [3, 0, -3])
    #expect(numbers(.linspace(2, 9, steps: 1)) == [2] && Tensor.linspace(0, 1, steps: 0).numel == 0)
    let tenths = Tensor.linspace(0, 1, steps: 11, dtype: .float64)
    #expect(tenths[10].item() == 1 && tenths.numel == 11)
  }

  @Test func meshgridAndOneHot() {
    let grid = Tensor.meshgrid([Tensor([1, 2]), Tensor([3, 4, 5])])
    #expect(grid.map { $0.scalars(as: Int.self) } == [[1, 1, 1, 2, 2, 2], [3, 4, 5, 3, 4, 5]])
    #expect(Tensor([2, 0]).oneHot().scalars(as: Int.self) == [0, 0, 1, 1, 0, 0])
    #expect(Tensor([[0]]).oneHot(classCount: 2).shape == [1, 1, 2])
  }

  @Test func draws() {
    let generator = Generator(seed: 1)
    let coins = Tensor.full([10_000], 0.25).bernoulli(generator: generator)
    #expect(abs(coins.mean().item() - 0.25) < 0.02 && numbers(coins.square()) == numbers(coins))
    #expect(numbers(Tensor([0.0, 1]).bernoulli()) == [0, 1])
    let normal = Tensor.normal(mean: 5, std: 2, [10_000], generator: generator)
    #expect(abs(normal.mean().item() - 5) < 0.1 && abs(normal.std().item() - 2) < 0.1)
  }
}

@Suite struct InPlaceTests {
  @Test func changesReachAllViews() {
    var x = Tensor.zeros([2, 3])
    let row = x[1]
    x += 0.5
    let half = 0.5
    x += half
    #expect(row.scalars(as: Double.self) == [1, 1, 1])
    x *= Tensor([1.0, 2, 3])
    x -= 0.5
    x /= 2
    #expect(row.scalars(as: Double.self) == [0.25, 0.75, 1.25])
    row.fill(4)
    row.update(.sqrt)
    row.update(.power, 3)
    #expect(x[1].scalars(as: Double.self) == [8, 8, 8] && x[0, 0].item() == 0.25)
  }

  @Test func partsAreAssigned() {
    let x = Tensor.zeros([3, 4])
    x[0] = Tensor([1.0, 2, 3, 4])
    x[1..., -1] = 9
    x[Tensor([1, 2]), Tensor([0, -3])] = Tensor([5.0, 6])
    #expect(x.scalars(as: Int.self) == [1, 2, 3, 4, 5, 0, 0, 9, 0, 6, 0, 9])
    x[x .> 4] = 0
    #expect(x.sum().item() == 10)
    x[.all, Tensor([0, 2])] = Tensor([[1.0, 2], [3, 4], [5, 6]])
    #expect(x[.all, 0].scalars(as: Int.self) == [1, 3, 5])
    #expect(x[.all, 2].scalars(as: Int.self) == [2, 4, 6])
    let cube = Tensor.zeros([2, 3, 2])
    cube[Tensor([0, 1]), .all, Tensor([1, 0])] = Tensor([[1.0, 2, 3], [4, 5, 6]])
    #expect(cube.scalars(as: Int.self) == [0, 1, 0, 2, 0, 3, 4, 0, 5, 0, 6, 0])
  }

  @Test func aTensorAndAnotherViewOfIt() {
    var x = Tensor([[1.0, 2], [3, 4]])
    x += x.T
    #expect(x.scalars(as: Double.self) == [2, 5, 5, 8])
    let y = Tensor([1.0, 2, 3])
    y[1...].copy(from: y[..<2])
    #expect(y.scalars(as: Double.self) == [1, 1, 2])
  }

  @Test func whatIsRecordedKeepsItsHistory() {
    let w = Tensor([1.0, 2], requiresGrad: true)
    var total = Tensor(0.0)
    for _ in 0..<3 { total += (w * w).sum() }
    total.backward()
    #expect(w.grad?.scalars(as: Double.self) == [6, 12])
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "update(.add): the result is float32, and the tensor's int64 of shape [2] cannot hold it",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var x = Tensor([1, 2])
        x += 0.5
      })
    await expectMessage(
      "several elements of this tensor of shape [3, 2] share a memory location",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor([1.0, 2]).expand([3, 2]).fill(0)
      })
    await expectMessage(
      "update(.add): shape [3] on cpu does not broadcast to [2] on cpu",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var x = Tensor([1.0, 2])
        x += Tensor([1.0, 2, 3])
      })
    await expectMessage(
      "remainder: an integer cannot be divided by 0",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1]).remainder(Tensor([0]))
      })
    await expectMessage(
      "oneHot: a class is out of range for 2",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([2]).oneHot(classCount: 2)
      })
  }
}
