import Devices
import Tensors
import Testing

/// Factorizations multiply back to their matrices as precisely as their dtype allows, at sizes on
/// both sides of those where other algorithms take over, and on any number of threads.
@Suite(.serialized) struct FactorizationTests {
  private static let shapes = [
    [3, 1, 1], [300, 4, 4], [7, 8, 8], [5, 9, 9], [3, 64, 64], [150, 150],
  ]

  private static func drawn(_ shape: [Int], _ dtype: DType) -> Tensor {
    .randn(shape, dtype: dtype, generator: Generator(seed: 7))
  }

  /// How far x is from the expected, in units of the dtype's epsilon at the expected's largest.
  private static func error(_ x: Tensor, _ expected: Tensor) -> Double {
    let distance = (x.to(.float64) - expected.to(.float64)).abs().amax().item()
    return distance / expected.to(.float64).abs().amax().item()
      / (x.dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne)
  }

  @Test(arguments: shapes, [DType.float32, .float64])
  func multiplyBack(_ shape: [Int], _ dtype: DType) {
    let size = shape.last!
    let x = Self.drawn(shape, dtype) + Tensor.eye(size, dtype: dtype) * Double(4 * size)
    let b = Self.drawn(shape.dropLast() + [70], dtype)
    let eye = Tensor.eye(size, dtype: dtype).expand(shape)
    let limit = 50.0 + Double(size)
    #expect(Self.error(x • x.solve(b), b) < limit)
    #expect(Self.error(x • x.inverse(), eye) < limit)
    #expect(Self.error(x.mT • x.mT.solve(b), b) < limit)

    let symmetric = x • x.mT
    let l = symmetric.cholesky()
    #expect(l.dtype == dtype && l.triu(diagonal: 1).equal(.zerosLike(l)))
    #expect(Self.error(l • l.mT, symmetric) < limit)

    let (q, r) = x.qr()
    #expect(Self.error(q • r, x) < limit)
    #expect(Self.error(q.mT • q, eye) < limit)
    #expect(r.tril(diagonal: -1).equal(.zerosLike(r)))

    let (u, s, vh) = x.svd()
    #expect(Self.error((u * s.unsqueeze(-2)) • vh, x) < limit)
    let (w, v) = symmetric.eigh()
    #expect(Self.error((v * w.unsqueeze(-2)) • v.mT, symmetric) < limit)
    let (sign, logarithm) = x.slogdet()
    #expect(sign.abs().equal(.onesLike(sign)))
    #expect(Self.error(logarithm, s.log().sum(dim: -1)) < 10 * limit)
    if size < 10 { #expect(Self.error(x.det(), sign * logarithm.exp()) < 10 * limit) }
  }

  @Test(arguments: [[150, 70], [70, 150], [2, 5, 3], [2, 3, 5]])
  func qrOfRectangles(_ shape: [Int]) {
    for dtype in [DType.float32, .float64] {
      let x = Self.drawn(shape, dtype)
      let (q, r) = x.qr()
      let k = shape.suffix(2).min()!
      #expect(Self.error(q • r, x) < 200)
      #expect(
        Self.error(q.mT • q, Tensor.eye(k, dtype: dtype).expand(q.mT.shape.dropLast() + [k])) < 200)
      let (u, s, vh) = x.svd()
      #expect(Self.error((u * s.unsqueeze(-2)) • vh, x) < 200)
    }
  }

  @Test func doNotDependOnThreads() {
    let threads = numThreads
    defer { numThreads = threads }
    let x = Self.drawn([300, 300], .float32) + .eye(300) * 300
    let large = Self.drawn([520, 520], .float32)
    let index = Tensor.randint(0, 400, [300, 300], generator: Generator(seed: 1))
    let rows = Tensor.randint(0, 50, [3000], generator: Generator(seed: 2))
    let wide = Self.drawn([200_000], .float32)
    let classes = Tensor.randint(0, 30, [200_000], generator: Generator(seed: 3))
    let results = [1, 2, 5].map { count in
      numThreads = count
      let (left, values, _) = large.svd()
      let (eigenvalues, vectors) = (large + large.T).eigh()
      return [
        left, values, eigenvalues, vectors,
        x.solve(x), x.inverse(), x.qr().q, x.qr().r, (x • x.T).cholesky(), x.det(),
        x.gather(dim: 1, index: index % 300), x.indexSelect(0, rows),
        Tensor.zeros([300, 400]).scatterAdd(dim: 1, index: index, source: x),
        Tensor.zeros([400, 300]).scatterAdd(dim: 0, index: index, source: x),
        Tensor.zeros([50, 300]).indexAdd(0, rows, x.repeat([10, 1])),
        wide.argsort(), wide.sort(descending: true).values, (wide * 100).to(.int64).argsort(),
        classes.bincount(), wide.sort().values.searchsorted(wide),
      ]
    }
    for other in results.dropFirst() {
      for (place, pair) in zip(results[0], other).enumerated() {
        #expect(pair.0.equal(pair.1), "result \(place)")
      }
    }
  }

  @Test func int64DivisionIsExact() {
    // Quotients near integers, and operands around the largest that doubles divide exactly.
    let limit = 1 << 50
    let divisors = [1, -1, 3, -7, 1 << 20, limit - 1, limit, -limit, limit + 1, .max, .min]
    for b in divisors {
      let quotients = [0, 1, -1, 5, (1 << 30) - 1, limit - 1]
      let a = quotients.flatMap { q in [-1, 0, 1].map { (q &* b) &+ $0 } } + [.max, .min, limit]
      let expected = a.map { a -> Int in
        if b == -1 { return 0 &- a }
        return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0)
      }
      for divisor in [Tensor(b), Tensor([Int](repeating: b, count: a.count))] {
        #expect(Tensor(a).floorDivide(divisor).scalars(as: Int.self) == expected)
        let rest = zip(a, expected).map { $0 &- $1 &* b }
        #expect(Tensor(a).remainder(divisor).scalars(as: Int.self) == rest)
      }
    }
  }
}
