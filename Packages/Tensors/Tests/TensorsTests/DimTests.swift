import Tensors
import Testing

/// Reductions, softmax and scans along each dim have kernels of their own for short rows, long rows
/// and columns, which agree with plain loops over the numbers.
struct DimTests {
  static let lengths = [1, 2, 7, 8, 16, 31, 63, 64, 127, 128, 300]

  @Test(arguments: lengths)
  func anExtremeIsTheLargestOrNaN(_ n: Int) {
    let generator = Generator(seed: 1)
    for dtype in [DType.float32, .float64, .bfloat16, .int64] {
      let x = (Tensor.randn([5, n], generator: generator) * 100).to(dtype)
      let rows = x.scalars(as: Double.self)
      for row in 0..<5 {
        let expected = rows[row * n..<(row + 1) * n].max()!
        #expect(x.amax(dims: [1])[row].item() == expected)
        #expect(x.T.contiguous().amax(dims: [0])[row].item() == expected)
        #expect((-x).amin(dims: [1])[row].item() == -expected)
      }
    }
    for place in 0..<n {
      var numbers = [Double](repeating: -.infinity, count: 2 * n)
      numbers[n + place] = .nan
      let x = Tensor(numbers).reshape([2, n])
      let (largest, smallest) = (x.amax(dims: [1]), x.amin(dims: [1]))
      #expect(largest[0].item() == -.infinity && largest[1].item().isNaN)
      #expect(smallest[0].item() == -.infinity && smallest[1].item().isNaN)
      #expect(x.argmax(dim: 1)[1].item() == Double(place))
    }
  }

  @Test(arguments: lengths)
  func sumsOfRowsAreExact(_ n: Int) {
    let generator = Generator(seed: 2)
    let x = Tensor.randn([9, n], generator: generator)
    let exact = x.to(.float64)
    for dim in 0..<2 {
      let sums = x.sum(dims: [dim]).scalars(as: Double.self)
      for (index, sum) in sums.enumerated() {
        let numbers = exact.select(1 - dim, index).scalars(as: Double.self)
        let expected = numbers.reduce(0, +)
        let size = numbers.reduce(0) { $0 + abs($1) }
        #expect(abs(sum - expected) <= size * 0x1p-23)
      }
    }
  }

  @Test(arguments: [DType.float32, .float64, .float16, .bfloat16], lengths)
  func softmaxAndItsGradientAreTheFormula(_ dtype: DType, _ n: Int) {
    let generator = Generator(seed: 3)
    let tolerance = [.float16: 2e-3, .bfloat16: 1e-2, .float32: 2e-6][dtype] ?? 1e-14
    for (shape, dim) in [([3, n], 1), ([n, 300], 0), ([2, n, 5], 1), ([n], 0)] {
      for logarithm in [false, true] {
        let x = (Tensor.randn(shape, dtype: .float64, generator: generator) * 3).to(dtype).detach()
        x.requiresGrad = true
        let weight = Tensor.randn(shape, dtype: .float64, generator: generator).to(dtype)
        let y = logarithm ? x.logSoftmax(dim: dim) : x.softmax(dim: dim)
        (y * weight).sum().backward()
        let wide = x.detach().to(.float64)
        let powers = (wide - wide.amax(dims: [dim], keepDim: true)).exp()
        let softmax = powers / powers.sum(dims: [dim], keepDim: true)
        let g = weight.to(.float64)
        let expected =
          logarithm
          ? g - softmax * g.sum(dims: [dim], keepDim: true)
          : softmax * (g - (g * softmax).sum(dims: [dim], keepDim: true))
        let (result, gradient) = (y.detach().to(.float64), x.grad!.to(.float64))
        #expect(isClose(result, logarithm ? softmax.log() : softmax, tolerance: tolerance))
        // The logarithm's gradient multiplies the rounding of a result by a sum.
        let total = g.sum(dims: [dim]).abs().amax().item()
        #expect(isClose(gradient, expected, tolerance: tolerance * Swift.max(1, total)))
      }
    }
  }

  @Test(arguments: lengths)
  func scansGoAlongEachDim(_ n: Int) {
    let generator = Generator(seed: 4)
    for (shape, dim) in [([6, n], 1), ([n, 200], 0), ([2, n, 3], 1), ([n], 0)] {
      let x = Tensor.randint(-3, 4, shape, generator: generator)
      let rows = x.transpose(dim, -1).contiguous().scalars(as: Int.self)
      var (sums, total) = ([Int](), 0)
      for (index, number) in rows.enumerated() {
        total = index % n == 0 ? number : total + number
        sums.append(total)
      }
      for dtype in [.int64, .float32, .float64] as [DType] {
        let y = x.to(dtype).cumsum(dim: dim)
        #expect(y.isContiguous)
        #expect(y.transpose(dim, -1).contiguous().to(.int64).scalars(as: Int.self) == sums)
      }
    }
  }

  @Test func signsOfZeroAndOfHalves() {
    for dtype in [DType.float16, .bfloat16, .float32, .float64] {
      let x = Tensor([0.0, -0.0, 1.5, -1.5, .infinity, -.infinity]).to(dtype)
      let signs = { (x: Tensor) in x.scalars(as: Double.self).map(\.sign) }
      #expect(signs(x.abs()).allSatisfy { $0 == .plus })
      #expect(signs(-x) == [.minus, .plus, .minus, .plus, .minus, .plus])
      #expect((-x).equal(x * -1) && x.abs().equal(x.maximum(x * -1)))
      let spread = x.reshape([3, 2]).T[0]
      #expect((-spread).equal(spread * -1) && spread.abs().equal(spread.contiguous().abs()))
    }
  }

  /// The gradient of a sum is one number, repeated.
  @Test func operationsOnRepeatedNumbers() {
    let (one, flags) = (Tensor([3.0]).expand([1000]), Tensor.arange(0, 1000) .> 499)
    #expect((one / 6).equal(Tensor.full([1000], 0.5)))
    #expect((one * one).sqrt().equal(Tensor.full([1000], 3)))
    #expect((one .> one).equal(Tensor.zeros([1000], dtype: .bool)))
    let chosen = Tensor.where(flags, one, one / 3)
    #expect(chosen.sum().item() == 2000 && chosen[500].item() == 3)
  }
}

/// Batch norm has a kernel for columns and one for longer channels, which agree with its formula.
@Test(arguments: [[2, 1], [3, 5], [17, 300], [100, 7], [40, 6, 1, 1], [5, 3, 11], [4, 2, 3]])
func batchNormIsItsFormula(_ shape: [Int]) {
  let generator = Generator(seed: 5)
  let dims = [0] + Array(2..<shape.count)
  let spread = [shape[1]] + [Int](repeating: 1, count: shape.count - 2)
  for dtype in [DType.float64, .float32, .bfloat16] {
    let tolerance = [.float32: 1e-4, .bfloat16: 1e-1][dtype] ?? 1e-10
    for usesRunning in [false, true] {
      func leaf(_ shape: [Int], _ mean: Double) -> Tensor {
        let x = (Tensor.randn(shape, dtype: .float64, generator: generator) + mean).to(dtype)
          .detach()
        x.requiresGrad = true
        return x
      }
      let (x, weight, bias) = (leaf(shape, 3), leaf([shape[1]], 1), leaf([shape[1]], 0))
      let g = Tensor.randn(shape, dtype: .float64, generator: generator).to(dtype)
      let (mean, variance) = (
        Tensor.randn([shape[1]], generator: generator),
        Tensor.rand([shape[1]], generator: generator) + 0.5
      )
      let y = x.batchNorm(
        runningMean: usesRunning ? mean : nil, runningVar: usesRunning ? variance : nil,
        weight: weight, bias: bias, training: !usesRunning)
      (y * g).sum().backward()

      let wide = [x, weight, bias].map { tensor in
        let copy = tensor.detach().to(.float64).clone()
        copy.requiresGrad = true
        return copy
      }
      let center =
        usesRunning
        ? mean.to(.float64).reshape(spread) : wide[0].mean(dims: dims, keepDim: true)
      let spreadOut =
        usesRunning
        ? variance.to(.float64).reshape(spread)
        : (wide[0] - center).square().mean(dims: dims, keepDim: true)
      let expected =
        (wide[0] - center) * (spreadOut + 1e-5).rsqrt() * wide[1].reshape(spread)
        + wide[2].reshape(spread)
      (expected * g.to(.float64)).sum().backward()
      #expect(isClose(y.detach().to(.float64), expected.detach(), tolerance: tolerance))
      for (own, other) in zip([x, weight, bias], wide) {
        #expect(isClose(own.grad!.to(.float64), other.grad!, tolerance: tolerance))
      }
    }
  }
}
