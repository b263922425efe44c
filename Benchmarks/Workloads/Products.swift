import Tensors

extension Workload {
  /// Products of matrices and vectors, and factorizations.
  static let products: [Workload] =
    [DType.float32, .float64, .bfloat16].map { dtype in
      matmul(
        "matmul\(dtype == .float32 ? "" : " of \(dtype)"), 1024²", [1024, 1024], [1024, 1024], dtype
      )
    }
    + [
      matmul("matmul, 2048²", [2048, 2048], [2048, 2048]),
      matmul("matmul, 1024×512×2048", [1024, 512], [512, 2048]),
      matmul("matmul, 1024×128×512", [1024, 128], [128, 512]),
      matmul("matmul, 32×64×128", [32, 64], [64, 128]),
      matmul("matmul, 32 times 64³", [32, 64, 64], [32, 64, 64]),
      matmul("matmul, 64 times 64³", [64, 64, 64], [64, 64, 64]),
      operation("matmul of a vector, 2048²", of: uniform([2048, 2048], [2048])) { $0[0] • $0[1] },
      operation(
        "einsum bhqd,bhkd->bhqk, 8×4×128×32", operations: 2 * 8 * 4 * 128 * 128 * 32,
        of: uniform([8, 4, 128, 32], [8, 4, 128, 32])
      ) { .einsum("bhqd,bhkd->bhqk", $0) },
      operation("outer, 1000²", of: normal([1000], [1000])) { $0[0].outer($0[1]) },
      operation("dot, 1 million", of: uniform([1_000_000], [1_000_000])) { $0[0].dot($0[1]) },
      operation("sum of two transposed, 1000²", of: normal([1000, 1000])) { $0[0].T + $0[0].T },
    ]
    + bothWays(
      "linear, 1024×512 to 512", operations: 2 * 1024 * 512 * 512,
      of: normal([1024, 512], [512, 512], [512])
    ) { $0[0].linear($0[1], bias: $0[2]) }
    + [
      unbounded(
        "solve, 512² and 512×16", tolerance: 1e-2,
        of: { [wellConditioned(512), .randn([512, 16])] }
      ) {
        $0[0].solve($0[1])
      },
      unbounded("inverse, 512²", tolerance: 1e-3, of: { [wellConditioned(512)] }) {
        $0[0].inverse()
      },
      unbounded("det, 256²", tolerance: 1e-2, of: { [wellConditioned(256) / 1024] }) {
        $0[0].det()
      },
      unbounded("cholesky, 512²", tolerance: 1e-3, of: { [wellConditioned(512)] }) {
        $0[0].cholesky()
      },
      unbounded("qr, 512²", tolerance: 1e-3, of: { [wellConditioned(512)] }) { $0[0].qr().r },
      unbounded("eigh, 256²", tolerance: 1e-3, of: { [wellConditioned(256)] }) {
        $0[0].eigh().values
      },
      unbounded("svd, 256²", tolerance: 1e-3, of: { [wellConditioned(256)] }) { $0[0].svd().s },
      unbounded(
        "solve of float64, 512² and 512×16",
        of: { [wellConditioned(512), .randn([512, 16])].map { $0.to(.float64) } }
      ) {
        $0[0].solve($0[1])
      },
      unbounded(
        "svd of float64, 256²", of: { [wellConditioned(256).to(.float64)] }
      ) { $0[0].svd().s },
    ]
    + batches("1000 times 4²", 1000, 4) + batches("64 times 32²", 64, 32)

  /// Factorizations of many small matrices.
  private static func batches(_ name: String, _ count: Int, _ size: Int) -> [Workload] {
    let matrices: Inputs = { [wellConditioned(size, batch: [count])] }
    return [
      unbounded(
        "solve, \(name)", tolerance: 1e-3, of: { matrices() + [.randn([count, size, 1])] }
      ) {
        $0[0].solve($0[1])
      },
      unbounded("inverse, \(name)", tolerance: 1e-3, of: matrices) { $0[0].inverse() },
      unbounded("cholesky, \(name)", tolerance: 1e-3, of: matrices) { $0[0].cholesky() },
      unbounded(
        "det, \(name)", tolerance: 1e-3, of: { matrices().map { $0 / Double(4 * size) } }
      ) { $0[0].det() },
    ]
  }

  /// A product of matrices of random numbers from 0 to 1, whose sums do not cancel.
  private static func matmul(
    _ name: String, _ a: [Int], _ b: [Int], _ dtype: DType = .float32
  ) -> Workload {
    let operations = 2 * a.reduce(1, *) * b.last!
    return operation(
      name, operations: Double(operations),
      of: { [Tensor.rand(a).to(dtype), Tensor.rand(b).to(dtype)] }
    ) { $0[0] • $0[1] }
  }

  /// Symmetric positive definite matrices.
  private static func wellConditioned(_ size: Int, batch: [Int] = []) -> Tensor {
    let x = Tensor.randn(batch + [size, size])
    return x + x.mT + .eye(size) * Double(4 * size)
  }
}
