import Tensors
import Testing

/// Reductions, softmax and scans along each dim have kernels of their own for short rows, long rows
/// and columns, which agree with plain loops over the numbers.
struct DimTests {
  static let lengths = [1, 2, 7, 8, 16, 31, 63, 64, 127, 128, 300]

  @Test(arguments: lengths)
  func anExtremeIsTheLargestOrNaN(_ n: Int) {
    manualSeed(1)
    for dtype in [DType.float32, .float64, .bfloat16, .int64] {
      let x = (Tensor.randn([5, n]) * 100).to(dtype)
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
    manualSeed(2)
    let x = Tensor.randn([9, n])
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
    manualSeed(3)
    let tolerance = [.float16: 2e-3, .bfloat16: 1e-2, .float32: 2e-6][dtype] ?? 1e-14
    for (shape, dim) in [([3, n], 1), ([n, 300], 0), ([2, n, 5], 1), ([n], 0)] {
      for logarithm in [false, true] {
        let x = (Tensor.randn(shape, dtype: .float64) * 3).to(dtype).detach()
        x.requiresGrad = true
        let weight = Tensor.randn(shape, dtype: .float64).to(dtype)
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
    manualSeed(4)
    for (shape, dim) in [([6, n], 1), ([n, 200], 0), ([2, n, 3], 1), ([n], 0)] {
      let x = Tensor.randint(-3, 4, shape)
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
