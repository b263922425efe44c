import Devices
import Tensors
import Testing

/// Attention over sequences so long that it is computed in blocks, against the formula.
@Suite struct AttentionTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let query: [Int]
    let key: [Int]
    var mask: [Int]?
    var isCausal = false
    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "heads", query: [2, 3, 500, 4], key: [2, 3, 600, 4]),
    Case(name: "causal", query: [1100, 4], key: [1100, 4], isCausal: true),
    Case(name: "causal, fewer keys", query: [3, 1200, 4], key: [3, 400, 4], isCausal: true),
    Case(name: "causal, more keys", query: [3, 400, 4], key: [3, 1200, 4], isCausal: true),
    Case(name: "mask", query: [2, 700, 4], key: [2, 800, 4], mask: [700, 800]),
    Case(name: "mask of keys", query: [2, 2, 700, 4], key: [2, 2, 800, 4], mask: [2, 1, 1, 800]),
    Case(name: "shared keys", query: [6, 500, 4], key: [1, 600, 4]),
  ]

  private func formula(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, _ mask: Tensor?, _ isCausal: Bool
  ) -> Tensor {
    var scores = q.matmul(k.mT) / 2
    if isCausal {
      let size = [q.shape[q.ndim - 2], k.shape[k.ndim - 2]]
      scores = scores + Tensor.full(size, -Double.infinity, dtype: .float64).triu(diagonal: 1)
    }
    if let mask { scores = scores + mask }
    return scores.softmax(dim: -1).matmul(v)
  }

  @Test(arguments: cases)
  private func blocksGiveTheSame(given: Case) {
    let generator = Generator(seed: 1)
    func normal(_ shape: [Int]) -> Tensor {
      .randn(shape, dtype: .float64, generator: generator, requiresGrad: true)
    }
    let inputs = [normal(given.query), normal(given.key), normal(given.key.dropLast() + [3])]
    let mask = given.mask.map { normal($0) }
    let all = inputs + (mask.map { [$0] } ?? [])
    let output = inputs[0].scaledDotProductAttention(
      inputs[1], inputs[2], mask: mask, isCausal: given.isCausal)
    let expected = formula(inputs[0], inputs[1], inputs[2], mask, given.isCausal)
    #expect(output.gradFn == "attention" && isClose(output, expected))
    let weights = Tensor.randn(output.shape, dtype: .float64, generator: generator)
    let gradients = grad(of: output, withRespectTo: all, gradient: weights)
    let others = grad(of: expected, withRespectTo: all, gradient: weights)
    for (a, b) in zip(gradients, others) { #expect(isClose(a, b)) }
  }

  private static let small = [
    Case(name: "heads", query: [2, 3, 37, 5], key: [2, 3, 70, 5]),
    Case(name: "one", query: [1, 1], key: [1, 1]),
    Case(name: "causal", query: [2, 70, 4], key: [2, 70, 4], isCausal: true),
    Case(name: "causal, fewer keys", query: [3, 50, 4], key: [3, 20, 4], isCausal: true),
    Case(name: "causal, more keys", query: [3, 20, 4], key: [3, 50, 4], isCausal: true),
    Case(name: "mask", query: [2, 9, 4], key: [2, 40, 4], mask: [9, 40]),
    Case(name: "mask of keys", query: [2, 2, 9, 4], key: [2, 2, 33, 4], mask: [2, 1, 1, 33]),
    Case(name: "shared keys", query: [6, 10, 4], key: [1, 12, 4]),
    Case(name: "wide", query: [2, 10, 64], key: [2, 12, 64]),
  ]

  /// A device's kernel against the formula on the CPU.
  @Test(
    arguments: small,
    testedDevices.filter { $0.backend.supports(.attention(.float32, width: 8, valueWidth: 8)) })
  private func onePassGivesTheSame(given: Case, device: Device) {
    let generator = Generator(seed: 1)
    func normal(_ shape: [Int]) -> Tensor {
      .randn(shape, dtype: .float64, generator: generator, requiresGrad: true)
    }
    let inputs = [normal(given.query), normal(given.key), normal(given.key.dropLast() + [3])]
    let mask = given.mask.map { normal($0).detach() }
    func attend(_ dtype: DType, _ device: Device) -> [Tensor] {
      let own = inputs.map { $0.to(dtype).to(device) }
      let output = own[0].scaledDotProductAttention(
        own[1], own[2], mask: mask?.to(dtype).to(device), isCausal: given.isCausal, scale: 0.5)
      if device != .cpu { #expect(output.gradFn == "attention" && output.dtype == dtype) }
      let weights = Tensor.linspace(-1, 1, steps: output.numel, dtype: .float64)
        .reshape(output.shape).to(dtype).to(device)
      return [output] + grad(of: output, withRespectTo: inputs, gradient: weights)
    }
    let exact = attend(.float64, .cpu)
    for (dtype, tolerance) in [(DType.float64, 1e-12), (.float32, 2e-5), (.float16, 2e-2)]
    where dtype == .float32 || dtype == .float64 || given.name == "heads" {
      for (a, b) in zip(attend(dtype, device), exact) {
        #expect(isClose(a, b, tolerance: tolerance), "\(dtype)")
      }
    }
  }

  /// A query that may attend to no key gives 0, as in PyTorch; rows that are too wide are computed
  /// in another way.
  @Test(arguments: testedDevices)
  func maskedRowsAndWideOnes(device: Device) {
    device.withDefault {
      let generator = Generator(seed: 5)
      func normal(_ rows: Int) -> Tensor { .randn([rows, 4], generator: generator) }
      let (q, k, v) = (normal(3), normal(5), normal(5))
      let mask = Tensor([
        [true, false, true, true, false], [false, false, false, false, false],
        [true, true, true, true, true],
      ])
      let y = q.scaledDotProductAttention(k, v, mask: mask)
      // The first row attends to three keys, the last one to all.
      let seen = Tensor([0, 2, 3])
      let some = q[..<1].scaledDotProductAttention(k[seen], v[seen])
      let all = q[2...].scaledDotProductAttention(k, v)
      #expect(y[0].allclose(some[0], rtol: 1e-4, atol: 1e-5) && y[1].equal(.zeros([4])))
      #expect(y[2].allclose(all[0], rtol: 1e-4, atol: 1e-5))
      #expect(!y[0].allclose(all[0], rtol: 1e-2, atol: 1e-2), "the mask counts")
      let wide = Tensor.rand([2, 200])
      #expect(wide.scaledDotProductAttention(wide, wide).shape == [2, 200])
    }
  }

  @Test func masksOfTruthValues() {
    let (q, k) = (Tensor.randn([1100, 4]), Tensor.randn([1000, 4]))
    let mask = Tensor.randn([1100, 1000]) .> 0
    let added = Tensor.where(mask, 0.0, Tensor(-Double.infinity))
    #expect(
      isClose(
        q.scaledDotProductAttention(k, k, mask: mask),
        q.scaledDotProductAttention(k, k, mask: added), tolerance: 1e-6))
  }

  @Test func oneTensorInAllPlacesAndSecondDerivatives() {
    let x = Tensor.randn([1100, 2], dtype: .float64, requiresGrad: true)
    func twice(_ output: Tensor) -> Tensor {
      let slope = grad(of: output.sin().sum(), withRespectTo: x, createGraph: true)
      return grad(of: slope.square().sum(), withRespectTo: x)
    }
    let scale = Double(2).squareRoot()
    #expect(
      isClose(
        twice(x.scaledDotProductAttention(x, x)),
        twice((x.matmul(x.T) / scale).softmax(dim: -1).matmul(x)), tolerance: 1e-9))
  }

  /// Four times the length takes little more memory, where all scores at once would take sixteen
  /// times as much. In a separate process, since memory is counted for all tests that run.
  @Test func memoryDoesNotGrowWithTheSquareOfTheLength() async {
    await #expect(processExitsWith: .success) {
      func peak(_ length: Int) -> Int {
        let x = Tensor.randn([length, 8], requiresGrad: true)
        CPU.resetMaxMemoryAllocated()
        let before = CPU.memoryAllocated
        x.scaledDotProductAttention(x, x).sum().backward()
        return CPU.maxMemoryAllocated - before
      }
      let (short, long) = (peak(2048), peak(8192))
      #expect(long < 2 * short && long < 8192 * 8192, "\(short) and \(long) bytes")
    }
  }
}
