import Tensors

extension Workload {
  /// Single operations on large tensors, whose time is arithmetic rather than overhead.
  static let operations = [
    operation("add, 1 million", of: { [.randn([1_000_000]), .randn([1_000_000])] }) {
      $0[0] + $0[1]
    },
    operation("add, 4 million", of: { [.randn([4_000_000]), .randn([4_000_000])] }) {
      $0[0] + $0[1]
    },
    operation("exp, 1 million", of: { [.randn([1_000_000])] }) { $0[0].exp() },
    operation("exp, 4 million", of: { [.randn([4_000_000])] }) { $0[0].exp() },
    operation("add of a transposed, 1000²", of: { [.randn([1000, 1000]), .randn([1000, 1000])] }) {
      $0[0] + $0[1].T
    },
    operation("sum, 1000²", of: { [.rand([1000, 1000])] }) { $0[0].sum() },
    operation("sum over dim 0, 1000²", of: { [.rand([1000, 1000])] }) { $0[0].sum(dim: 0) },
    operation("sum over dim 1, 1000²", of: { [.rand([1000, 1000])] }) { $0[0].sum(dim: 1) },
    operation("variance over dim 1, 1000²", of: { [.rand([1000, 1000])] }) {
      $0[0].variance(dims: [1])
    },
    operation("std, 1000²", of: { [.rand([1000, 1000])] }) { $0[0].std() },
    operation("norm, 1 million", of: { [.randn([1_000_000])] }) { $0[0].norm() },
    operation("add of bfloat16, 1 million", of: { [halves([1_000_000]), halves([1_000_000])] }) {
      $0[0] + $0[1]
    },
    operation("gelu of bfloat16, 1 million", of: { [halves([1_000_000])] }) { $0[0].gelu() },
    operation("sum of bfloat16, 1000²", of: { [halves([1000, 1000])] }) { $0[0].sum() },
    operation("mean over dim 1 of bfloat16, 1000²", of: { [halves([1000, 1000])] }) {
      $0[0].mean(dim: 1)
    },
    operation("softmax of bfloat16, 1000²", of: { [halves([1000, 1000])] }) {
      $0[0].softmax(dim: -1)
    },
    operation("softmax, 1000²", of: { [.randn([1000, 1000])] }) { $0[0].softmax(dim: -1) },
    operation("matmul, 1000²", of: { [.rand([1000, 1000]), .rand([1000, 1000])] }) {
      $0[0] • $0[1]
    },
    operation("matmul, 32×64×128", of: { [.rand([32, 64]), .rand([64, 128])] }) { $0[0] • $0[1] },
    operation("matmul, 64 times 64³", of: { [.rand([64, 64, 64]), .rand([64, 64, 64])] }) {
      $0[0] • $0[1]
    },
    operation(
      "conv2d of int64, 8×16×28×28 to 16",
      of: { [.randint(-9, 9, [8, 16, 28, 28]), .randint(-9, 9, [16, 16, 3, 3])] }
    ) { $0[0].conv2d($0[1]) },
    operation("linspace, 1 million", of: { [.zeros([1])] }) {
      .linspace(0, 1, steps: 1_000_000, device: $0[0].device)
    },
    operation("rand, 1 million", of: { [.zeros([1_000_000])] }) { .randLike($0[0]) },
    operation("randn, 1 million", of: { [.zeros([1_000_000])] }) { .randnLike($0[0]) },
    operation(
      "jvp of an MLP, 64×256", tolerance: 1e-3,
      of: { [.randn([64, 256]), .randn([64, 256]), .randn([512, 256]), .randn([10, 512])] }
    ) { inputs in
      jacobianVectorProduct(inputs[0], inputs[1]) { x in
        (x • inputs[2].T).tanh() • inputs[3].T
      }.product
    },
    operation("jacobian, 1000 of 8", of: { [.randn([8]), .randn([1000, 8])] }) { inputs in
      jacobian(inputs[0]) { (inputs[1] • $0).tanh() }
    },
    operation("hessian of 32", of: { [.randn([32]), .randn([64, 32])] }) { inputs in
      hessian(inputs[0]) { (inputs[1] • $0).tanh().square().sum() }
    },
    operation(
      "rows by index, 100,000",
      of: { [.rand([10_000, 64]), .randint(0, 10_000, [100_000])] }
    ) { $0[0][$0[1]] },
  ]

  private static func halves(_ shape: [Int]) -> Tensor { .randn(shape).to(.bfloat16) }

  /// - Parameter make: function that draws the inputs, after seed 0.
  private static func operation(
    _ name: String, tolerance: Double? = nil, of make: @escaping @Sendable () -> [Tensor],
    _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Workload {
    Workload(name, tolerance: tolerance ?? (name.contains("bfloat16") ? 1e-3 : 1e-5)) { device in
      manualSeed(0)
      let inputs = make().map { $0.to(device) }
      return { count in
        var result = function(inputs)
        for _ in 1..<max(count, 1) { result = function(inputs) }
        let numbers: [Double] = result.flatten().narrow(0, start: 0, length: 1).scalars()
        return numbers + [result.to(.float64).abs().sum().item()]
      }
    }
  }
}
