import NN
import Tensors

extension Workload {
  /// Elements taken and placed by index or mask, and tensors that are joined and rearranged.
  static let indexing: [Workload] = elements + padding

  private static let elements: [Workload] = [
    operation("rows by index, 100,000", of: rows) { $0[0][$0[1]] },
    operation("indexSelect over dim 0, 100,000", of: rows) { $0[0].indexSelect(0, $0[1]) },
    operation("gather over dim 1, 1000²", of: squareAndIndex) {
      $0[0].gather(dim: 1, index: $0[1])
    },
    operation("scatterAdd over dim 1, 1000²", of: squareAndIndex) {
      $0[0].scatterAdd(dim: 1, index: $0[1], source: $0[0])
    },
    operation("indexAdd over dim 0, 100,000", of: { rows() + [.rand([100_000, 64])] }) {
      $0[0].indexAdd(0, $0[1], $0[2])
    },
    operation("where, 1 million", of: { mask() + [.randn([1_000_000]), .randn([1_000_000])] }) {
      .where($0[0], $0[1], $0[2])
    },
    operation("maskedFill, 1 million", of: { mask() + [.randn([1_000_000])] }) {
      $0[1].maskedFill($0[0], 0)
    },
    operation("tril, 1000²", of: normal([1000, 1000])) { $0[0].tril() },
    operation("contiguous of a transposed, 1000²", of: normal([1000, 1000])) {
      $0[0].T.contiguous()
    },
    operation(
      "contiguous of a permuted, 16×64×8×32", of: normal([16, 64, 8, 32])
    ) { $0[0].permute(0, 2, 1, 3).contiguous() },
    operation("clone, 1 million", of: normal([1_000_000])) { $0[0].clone() },
    operation("clone, 4 million", of: normal([4_000_000])) { $0[0].clone() },
    operation("cat of 4 over dim 0, 1 million", of: quarters) { .cat($0) },
    operation("cat of 4 over dim 1, 1 million", of: quarters) { .cat($0, dim: 1) },
    operation("stack of 4, 1 million", of: quarters) { .stack($0) },
    operation("roll, 1000²", of: normal([1000, 1000])) { $0[0].roll([100, 100], dims: [0, 1]) },
    operation("flip of both dims, 1000²", of: normal([1000, 1000])) { $0[0].flip([0, 1]) },
    operation("repeat, 500² to 1000²", of: normal([500, 500])) { $0[0].repeat([2, 2]) },
    operation("repeatInterleave, 500×1000 to 1000²", of: normal([500, 1000])) {
      $0[0].repeatInterleave(2, dim: 0)
    },
    operation("unfold of windows of 16, 65,536", of: normal([65_536])) {
      $0[0].unfold(0, size: 16, step: 1).contiguous()
    },
    operation("oneHot of 100 classes, 10,000", of: { [.randint(0, 100, [10_000])] }) {
      $0[0].oneHot(classCount: 100)
    },
    gradient("rows by index backward, 100,000", of: { [.rand([10_000, 64])] }) {
      let places = Tensor.arange(100_000, device: $0[0].device) * 7919
      return $0[0][places.remainder(10_000)]
    },
    step("embedding step, 50,000×64") { device in
      let model = Embedding(50_000, 64).to(device)
      let x = Tensor.randint(0, 50_000, [64, 32]).to(device)
      return (SGD(model.parameters(), lr: 0.1), { model(x).square().sum() })
    },
  ]

  private static let padding = [
    ("pad", PaddingMode.constant), ("pad by reflection", .reflect),
    ("pad by replication", .replicate), ("pad around", .circular),
  ].flatMap { name, mode in
    bothWays("\(name), 32×32×28²", of: normal([32, 32, 28, 28])) {
      $0[0].pad([1, 1, 1, 1], mode: mode)
    }
  }

  private static let rows: Inputs = { [.rand([10_000, 64]), .randint(0, 10_000, [100_000])] }
  private static let squareAndIndex: Inputs = {
    [.rand([1000, 1000]), .randint(0, 1000, [1000, 1000])]
  }
  private static let mask: Inputs = { [Tensor.rand([1_000_000]) .> 0.5] }
  private static let quarters: Inputs = { (0..<4).map { _ in .randn([500, 500]) } }
}
