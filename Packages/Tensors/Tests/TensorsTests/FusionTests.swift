import Tensors
import Testing

/// What `fused` computes is what the operations compute one by one, to the last bit.
struct FusionTests {
  /// Chains of operations on tensors of more elements than a block, and not a multiple of one.
  static let chains: [@Sendable (Tensor, Tensor) -> Tensor] = [
    { x, y in (x * y + x).tanh() * 0.5 },
    { x, y in
      let below = ((x * 0.7).erf() + 1) * 0.5
      return y * (below + x * (x * x * -0.5).exp() * 0.4)
    },
    { x, y in Tensor.where((x .> 0) & (y .< 1), x.abs().sqrt(), (-y).sin()) },
    { x, y in x.to(.bfloat16).relu().to(.float64) - y.to(.float64) },
    // Intermediate results of which views are read, and that a reduction reads.
    { x, y in
      let z = x * y
      return z[1...] + z[..<(z.numel - 1)]
    },
    { x, y in (x - y).square().mean() * x + x.sum() },
    { x, y in x.reshape(-1, 3).T.contiguous().flatten() * y },
    { x, y in (x.reshape(-1, 3) + y[..<3]).flatten() * 2 },
    // Rows and columns that are broadcast, and parts of rows.
    { x, y in (x[..<9000].reshape(10, 30, 30)[0..., 1...] * 2 + y[..<30]).sin().flatten() },
    { x, y in
      let rows = x[..<9000].reshape(60, 150)
      return ((rows - y[..<60].unsqueeze(1)) / y[60..<210]).exp().flatten()
    },
    // Reductions at the end: of all elements, of short and long rows, several, one that is read.
    { x, y in (x * y).square().sum() },
    { x, y in (x - y).abs().reshape(-1, 6).mean(dim: 1) },
    { x, y in (x[..<9000] - y[..<9000]).reshape(-1, 20).sum(dim: 1) },
    { x, y in (x[..<9000] * y[..<9000]).to(.bfloat16).reshape(-1, 24).mean(dim: 1) },
    { x, y in (x * y).reshape(3, -1).sum(dim: 1) + (x.exp() * y).reshape(3, -1).amax(dim: 1) },
    { x, y in
      let z = x * y
      return Tensor.stack([z.sum(), z.square().sum(), z.amax(), z.amin()])
    },
    { x, y in
      let z = (x * y).reshape(-1, 6)
      return (z / z.square().sum(dim: 1, keepDim: true).sqrt()).flatten()
    },
    { x, y in (x.to(.bfloat16) * y.to(.bfloat16)).reshape(-1, 6).sum(dim: 1).to(.float32) },
    { x, y in ((x * 100).to(.int64) + 1).reshape(3, -1).sum(dim: 1).to(.float32) },
    { x, y in (x.to(.float64) * y.to(.float64)).norm() * 2 },
    { x, y in (x * y).reshape(-1, 6).argmax(dim: 1).to(.float32) },
    // In-place operations on new tensors, and on one that another result was computed from.
    { x, y in
      let z = x + y
      let before = z * 2
      z.add_(1)
      z.mul_(y)
      return z - before
    },
    { x, y in
      let z = x.clone()
      z[..<100].fill_(3)
      z[100...].mul_(0.5)
      return z / y
    },
    // More operations than are postponed at once.
    { x, y in (0..<70).reduce(x) { z, number in z * 0.99 + y * Double(number) } },
    { x, y in (0..<40).map { (x * Double($0)).sigmoid() }.reduce(y) { $0 + $1 } },
  ]

  static let devices: [Device] = [.cpu] + (CUDA.isAvailable ? [.cuda()] : [])

  @Test(arguments: chains.indices, devices)
  func resultsAreTheSame(chain: Int, device: Device) {
    resultsAreTheSame(chain: chain, count: 9_000, device: device)
    if device == .cpu { resultsAreTheSame(chain: chain, count: 100_002, device: device) }
  }

  private func resultsAreTheSame(chain: Int, count: Int, device: Device) {
    let generator = Generator(seed: 0)
    let x = Tensor.randn([count], generator: generator).to(device)
    let y = Tensor.randn([count], generator: generator).to(device)
    let expected = Self.chains[chain](x, y)
    #expect(fused { Self.chains[chain](x, y) }.equal(expected))
    #expect(fused { fused { Self.chains[chain](x, y) } * 2 }.equal(expected * 2))
  }

  /// In each dtype: arithmetic, functions, comparisons, tests and choices; and more results at a
  /// time than a GPU has slots for.
  @Test(
    arguments: [.float16, .bfloat16, .float32, .float64, .int64, .uint8] as [DType], devices)
  func anyTypeComesOutTheSame(dtype: DType, device: Device) {
    func chain(_ x: Tensor, _ y: Tensor) -> [Tensor] {
      var z = x * 2 + y - 1
      if dtype.isFloatingPoint { z = (z * 0.25).tanh() / (y.abs() + 0.5) + z.gelu() }
      let isLarge = (z .> y) & ~z.isnan()
      let parts = (1...9).map { z * $0 }
      return [
        Tensor.where(isLarge, z, y.maximum(x)), isLarge, parts.reversed().reduce(x) { $0 - $1 },
      ]
    }
    let generator = Generator(seed: 3)
    let x = (Tensor.rand([9_001], generator: generator) * 9).to(dtype).to(device)
    let y = (Tensor.rand([9_001], generator: generator) * 9).to(dtype).to(device)
    for (together, alone) in zip(fused { chain(x, y) }, chain(x, y)) {
      #expect(together.dtype == alone.dtype && together.equal(alone))
    }
  }

  /// Memory that a chain reads or writes stays its own when other threads drop it.
  @Test func otherThreadsCanDropOperands() {
    nonisolated(unsafe) var x: Tensor? = .ones([100_000])
    nonisolated(unsafe) var others: [Tensor] = []
    let y = fused {
      let y = x! * 2 + 1
      inThreads(1) { _ in
        x = nil
        others = (0..<4).map { _ in .full([100_000], 7.0) }
      }
      return y
    }
    #expect(y.equal(.fullLike(y, 3.0)) && others.allSatisfy { $0.equal(.fullLike(y, 7.0)) })
  }

  @Test func severalResults() {
    let x = Tensor.arange(0, 20_000).to(.float32)
    let (twice, squares, last) = fused {
      let twice = x + x
      let squares = twice * twice
      return (twice, squares, (squares - twice)[-1].item())
    }
    #expect(twice.equal(x * 2) && squares.equal(x.square() * 4))
    #expect(last == (squares - twice)[-1].item())
  }

  @Test func gradientsAreTheSame() {
    let x = Tensor.randn([20_000], generator: Generator(seed: 1))
    x.requiresGrad = true
    func loss() -> Tensor { ((x * 2).gelu() * x.silu()).sum() }
    fused { loss() }.backward()
    let gradient = x.grad!
    x.grad = nil
    // Derivatives that are recorded run one by one.
    loss().backward(createGraph: true)
    #expect(gradient.equal(x.grad!.detach()))
  }

  @Test func errorsLeaveNothingBehind() {
    struct Failure: Error {}
    let x = Tensor.ones([20_000])
    var y: Tensor?
    #expect(throws: Failure.self) {
      try fused {
        y = x + 1
        throw Failure()
      }
    }
    #expect(y!.equal(.fullLike(x, 2.0)))
  }
}
