import Tensors

extension Workload {
  /// Single operations on tensors, where the arithmetic takes the time.
  static let operations = [
    operation("add, 1 million") {
      let (a, b) = (Tensor.randn([1_000_000]), Tensor.randn([1_000_000]))
      return { a + b }
    },
    operation("add, 4 million") {
      let (a, b) = (Tensor.randn([4_000_000]), Tensor.randn([4_000_000]))
      return { a + b }
    },
    operation("exp, 1 million") {
      let a = Tensor.randn([1_000_000])
      return { a.exp() }
    },
    operation("exp, 4 million") {
      let a = Tensor.randn([4_000_000])
      return { a.exp() }
    },
    operation("add of a transposed, 1000²") {
      let (a, b) = (Tensor.randn([1000, 1000]), Tensor.randn([1000, 1000]))
      return { a + b.T }
    },
    operation("sum, 1000²") {
      let a = Tensor.rand([1000, 1000])
      return { a.sum() }
    },
    operation("sum over dim 0, 1000²") {
      let a = Tensor.rand([1000, 1000])
      return { a.sum(dim: 0) }
    },
    operation("sum over dim 1, 1000²") {
      let a = Tensor.rand([1000, 1000])
      return { a.sum(dim: 1) }
    },
    operation("softmax, 1000²") {
      let a = Tensor.randn([1000, 1000])
      return { a.softmax(dim: -1) }
    },
    operation("matmul, 1000²") {
      let (a, b) = (Tensor.rand([1000, 1000]), Tensor.rand([1000, 1000]))
      return { a • b }
    },
    operation("matmul, 32×64×128") {
      let (a, b) = (Tensor.rand([32, 64]), Tensor.rand([64, 128]))
      return { a • b }
    },
    operation("matmul, 64 times 64³") {
      let (a, b) = (Tensor.rand([64, 64, 64]), Tensor.rand([64, 64, 64]))
      return { a • b }
    },
    operation("rows by index, 100,000") {
      let table = Tensor.rand([10_000, 64])
      let index = Tensor.randint(0, 10_000, [100_000])
      return { table[index] }
    },
  ]

  private static func operation(
    _ name: String, _ prepare: @escaping @Sendable () -> () -> Tensor
  ) -> Workload {
    Workload(name: name, tolerance: 1e-5) {
      manualSeed(0)
      let work = prepare()
      return { count in
        var result = work()
        for _ in 1..<max(count, 1) { result = work() }
        let numbers: [Double] = result.flatten().narrow(0, start: 0, length: 1).scalars()
        return numbers + [result.to(.float64).abs().sum().item()]
      }
    }
  }
}
