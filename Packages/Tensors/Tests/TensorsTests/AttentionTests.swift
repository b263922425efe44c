import Devices
import Tensors
import Testing

/// Attention in one pass over blocks of queries and keys, against the formula.
@Suite struct AttentionTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let query: [Int]
    let key: [Int]
    var mask: [Int]?
    var isCausal = false
    var width = 3
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

  /// Long sequences; a mask that needs a gradient leads to a chain of operations instead.
  @Test(arguments: cases)
  private func blocksGiveTheSame(given: Case) {
    let generator = Generator(seed: 1)
    func normal(_ shape: [Int]) -> Tensor {
      .randn(shape, dtype: .float64, generator: generator, requiresGrad: true)
    }
    let inputs = [normal(given.query), normal(given.key), normal(given.key.dropLast() + [3])]
    let mask = given.mask.map { normal($0) }
    for mask in mask.map({ [$0, $0.detach()] }) ?? [nil] {
      let all = inputs + (mask.map { $0.requiresGrad ? [$0] : [] } ?? [])
      let output = inputs[0].scaledDotProductAttention(
        inputs[1], inputs[2], mask: mask, isCausal: given.isCausal)
      #expect((output.gradFn == "attention") == (mask?.requiresGrad != true))
      let expected = formula(inputs[0], inputs[1], inputs[2], mask, given.isCausal)
      #expect(isClose(output, expected))
      let weights = Tensor.randn(output.shape, dtype: .float64, generator: generator)
      let gradients = grad(of: output, withRespectTo: all, gradient: weights)
      let others = grad(of: expected, withRespectTo: all, gradient: weights)
      for (a, b) in zip(gradients, others) { #expect(isClose(a, b)) }
    }
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
    Case(name: "keys of each head", query: [2, 3, 10, 4], key: [1, 3, 12, 4]),
    Case(name: "masks of heads", query: [2, 3, 9, 4], key: [2, 3, 40, 4], mask: [3, 1, 40]),
    Case(name: "masks of queries", query: [2, 3, 70, 4], key: [2, 3, 9, 4], mask: [2, 1, 70, 1]),
    Case(name: "wide", query: [2, 10, 64], key: [2, 12, 64], width: 32),
    Case(name: "wide values", query: [2, 10, 16], key: [2, 70, 16], width: 100),
  ]
  // Around the sizes of blocks.
  private static let lengths = [5, 63, 64, 65, 200, 300].flatMap { length in
    [false, true].map { isCausal in
      Case(
        name: "\(length)\(isCausal ? ", causal" : "")", query: [2, length, 16],
        key: [2, length, 16], isCausal: isCausal, width: 16)
    }
  }

  /// A device's kernel against the formula in float64 on the CPU.
  @Test(
    arguments: small + lengths,
    testedDevices.filter { $0.backend.supports(.attention(.float32, width: 8, valueWidth: 8)) })
  private func onePassGivesTheSame(given: Case, device: Device) {
    let generator = Generator(seed: 1)
    func normal(_ shape: [Int]) -> Tensor {
      .randn(shape, dtype: .float64, generator: generator, requiresGrad: true)
    }
    let inputs = [
      normal(given.query), normal(given.key), normal(given.key.dropLast() + [given.width]),
    ]
    let mask = given.mask.map { normal($0).detach() }
    func gradients(_ output: Tensor) -> [Tensor] {
      let weights = Tensor.linspace(-1, 1, steps: output.numel, dtype: .float64)
        .reshape(output.shape).to(output.dtype).to(output.device)
      return [output] + grad(of: output, withRespectTo: inputs, gradient: weights)
    }
    let exact = gradients(formula(inputs[0], inputs[1], inputs[2], mask, given.isCausal))
    let isHalfTested = ["heads", "mask", "wide", "65, causal"].contains(given.name)
    for (dtype, tolerance) in [
      (DType.float64, 1e-12), (.float32, 2e-5), (.float16, 2e-2), (.bfloat16, 1e-1),
    ] where isHalfTested || dtype == .float32 || dtype == .float64 {
      let own = inputs.map { $0.to(dtype).to(device) }
      let output = own[0].scaledDotProductAttention(
        own[1], own[2], mask: mask?.to(dtype).to(device), isCausal: given.isCausal, scale: 0.5)
      let isSupported = device.backend.supports(
        .attention(dtype, width: given.query.last!, valueWidth: given.width))
      #expect((output.gradFn == "attention") == isSupported && output.dtype == dtype)
      for (a, b) in zip(gradients(output), exact) {
        #expect(isClose(a, b, tolerance: tolerance), "\(dtype)")
      }
    }
  }

  /// Heads are usually the transpose of features side by side; the result and the gradients have
  /// the layout of the inputs, so that joining the heads again copies nothing.
  @Test(arguments: testedDevices)
  func layoutsOfHeads(device: Device) {
    device.withDefault {
      let generator = Generator(seed: 2)
      let rows = (0..<3).map { _ in
        Tensor.randn([2, 70, 3, 16], generator: generator, requiresGrad: true)
      }
      func attend(_ arranged: (Tensor) -> Tensor) -> [Tensor] {
        let x = rows.map { arranged($0.transpose(1, 2)) }
        let y = x[0].scaledDotProductAttention(x[1], x[2], isCausal: true)
        return [y] + grad(of: y.square().sum(), withRespectTo: rows)
      }
      let expected = attend { $0.contiguous() }
      let heads = attend { $0 }
      // With columns that are not contiguous.
      let columns = attend { $0.mT.contiguous().mT }
      for others in [heads, columns] {
        for (a, b) in zip(others, expected) { #expect(isClose(a, b, tolerance: 1e-5)) }
      }
      if device == .cpu { #expect(heads[0].transpose(1, 2).isContiguous) }
    }
  }

  /// Gradients in half precision are those of float32, rounded once, where they are small
  /// differences of large numbers, too: they do not go through the rounded result.
  @Test(arguments: testedDevices, [DType.float16, .bfloat16])
  func gradientsAreRoundedOnce(device: Device, dtype: DType) {
    let generator = Generator(seed: 6)
    let halves = (0..<4).map { number in
      Tensor.randn([2, 70, 16], generator: generator).add(number == 2 ? 8 : 0).to(dtype).to(device)
    }
    func gradients(in dtype: DType) -> [Tensor] {
      let inputs = halves[..<3].map { half in
        let x = half.to(dtype)
        x.requiresGrad = true
        return x
      }
      let y = inputs[0].scaledDotProductAttention(inputs[1], inputs[2], isCausal: true)
      return grad(of: y, withRespectTo: inputs, gradient: halves[3].to(dtype))
    }
    for (own, exact) in zip(gradients(in: dtype), gradients(in: .float32)) {
      let epsilon = dtype == .float16 ? 0x1p-10 : 0x1p-7
      let tolerance = exact.abs() * (0.51 * epsilon) + 2e-5
      #expect(((own.to(.float32) - exact).abs() .<= tolerance).all().item(as: Bool.self))
    }
  }

  @Test func threadsDoNotChangeTheResult() {
    let before = numThreads
    defer { numThreads = before }
    let generator = Generator(seed: 3)
    let inputs = (0..<3).map { _ in
      Tensor.randn([2, 3, 300, 16], generator: generator, requiresGrad: true)
    }
    let results = [1, 2, 3].map { count in
      numThreads = count
      let y = inputs[0].scaledDotProductAttention(inputs[1], inputs[2], isCausal: true)
      return [y] + grad(of: y.square().sum(), withRespectTo: inputs)
    }
    for other in results.dropFirst() {
      for (a, b) in zip(other, results[0]) { #expect(a.equal(b)) }
    }
  }

  @Test(arguments: testedDevices)
  func largeScoresAndNaN(device: Device) {
    device.withDefault {
      let generator = Generator(seed: 4)
      let (q, v) = (
        Tensor.randn([70, 8], generator: generator), Tensor.randn([300, 8], generator: generator)
      )
      let k = Tensor.randn([300, 8], generator: generator)
      // Scores of about ±10⁴: each query attends to one key only.
      let y = (q * 100).scaledDotProductAttention(k * 100, v)
      let first = q.matmul(k.mT).argmax(dim: 1)
      #expect(isClose(y, v[first], tolerance: 1e-3))
      #expect(y.isfinite().all().item(as: Bool.self))
      q[3, 2] = Tensor(Double.nan)
      let other = q.scaledDotProductAttention(k, v)
      #expect(other[3].isnan().all().item(as: Bool.self))
      #expect(other[4...].isfinite().all().item(as: Bool.self))
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

  /// Truth values, or -∞ added; some queries see nothing at all, some nothing of the first keys.
  @Test func masksOfTruthValues() {
    let generator = Generator(seed: 6)
    let q = Tensor.randn([2, 150, 4], dtype: .float64, generator: generator, requiresGrad: true)
    let k = Tensor.randn([2, 600, 4], dtype: .float64, generator: generator, requiresGrad: true)
    let mask = Tensor.randn([150, 600], generator: generator) .> 0
    mask[70] = Tensor(false)
    mask[75, ..<400] = Tensor(false)
    let added = Tensor.where(mask, 0.0, Tensor(-Double.infinity))
    let seen = Tensor.where(mask, 0.0, Tensor(-1e30))
    func attend(_ mask: Tensor) -> [Tensor] {
      let y = q.scaledDotProductAttention(k, k, mask: mask)
      return [y] + grad(of: y.square().sum(), withRespectTo: [q, k])
    }
    let (truth, sum) = (attend(mask), attend(added))
    for (a, b) in zip(truth, sum) { #expect(a.equal(b)) }
    let scores = q.matmul(k.mT) / 2 + seen
    let visible = mask.any(dim: 1, keepDim: true).to(.float64)
    let expected = scores.softmax(dim: -1).matmul(k) * visible
    let slopes = grad(of: expected.square().sum(), withRespectTo: [q, k])
    for (a, b) in zip(truth, [expected] + slopes) { #expect(isClose(a, b)) }
    #expect(truth[0][.all, 70].equal(.zeros([2, 4], dtype: .float64)))
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

  /// Four times the length takes four times the memory, where all scores at once would take sixteen
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
      #expect(long < 5 * short && long < 8192 * 8192, "\(short) and \(long) bytes")
    }
  }
}
