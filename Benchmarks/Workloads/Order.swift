import Tensors

extension Workload {
  /// Sorting, and what depends on the order or the equality of elements.
  static let order: [Workload] = [
    unbounded("topk 10, 1000²", of: normal([1000, 1000])) { $0[0].topk(10).values },
    unbounded("sort, 1 million", of: normal([1_000_000])) { $0[0].sort().values },
    unbounded("sort, 1000²", of: normal([1000, 1000])) { $0[0].sort().values },
    unbounded("sort over dim 0, 1000²", of: normal([1000, 1000])) { $0[0].sort(dim: 0).values },
    unbounded("sort of int64, 1 million", of: { [.randint(0, 1_000_000, [1_000_000])] }) {
      $0[0].sort().values
    },
    // All numbers differ, so that there is one order.
    unbounded("argsort, 1 million", of: { [Tensor.randperm(1_000_000).to(.float32)] }) {
      $0[0].argsort()
    },
    unbounded("median, 1 million", of: uniform([1_000_000])) { $0[0].median() },
    unbounded("median over dim 1, 1000²", of: uniform([1000, 1000])) {
      $0[0].median(dim: 1).values
    },
    unbounded("unique of int64, 1 million", of: { [.randint(0, 1_000_000, [1_000_000])] }) {
      $0[0].unique()
    },
    operation("bincount of 1000 classes, 1 million", of: { [.randint(0, 1000, [1_000_000])] }) {
      $0[0].bincount()
    },
    unbounded(
      "searchsorted, 100,000 in 1 million",
      of: { [Tensor.linspace(0, 1, steps: 1_000_000), .rand([100_000])] }
    ) { $0[0].searchsorted($0[1]) },
    operation("nonzero, 1000²", of: { [Tensor.rand([1000, 1000]) .> 0.5] }) { $0[0].nonzero() },
    operation(
      "maskedSelect, 1 million", of: { [.randn([1_000_000]), .rand([1_000_000]) .> 0.5] }
    ) { $0[0].maskedSelect($0[1]) },
    operation("countNonzero of bool, 1 million", of: { [Tensor.rand([1_000_000]) .> 0.5] }) {
      $0[0].countNonzero()
    },
  ]
}
