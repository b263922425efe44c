import NN
import Tensors

extension Workload {
  /// Random numbers, which are PyTorch's own on the CPU.
  static let random: [Workload] = [
    operation("rand, 1 million", of: million) { .randLike($0[0]) },
    operation("rand of float64, 1 million", of: { [.zeros([1_000_000], dtype: .float64)] }) {
      .randLike($0[0])
    },
    operation("randn, 1 million", of: million) { .randnLike($0[0]) },
    operation("randint, 1 million", of: million) {
      .randint(0, 1000, [1_000_000], device: $0[0].device)
    },
    operation("randperm, 100,000", of: million) { .randperm(100_000, device: $0[0].device) },
    operation("bernoulli, 1 million", of: { [.rand([1_000_000])] }) { $0[0].bernoulli() },
    operation("dropout, 1 million", of: normal([1_000_000])) { Dropout(0.5)($0[0]) },
    gradient("dropout backward, 1 million", of: normal([1_000_000])) { Dropout(0.5)($0[0]) },
    unbounded("multinomial, 10,000 of 1000", of: uniform([1000])) {
      $0[0].multinomial(10_000, replacement: true)
    },
    unbounded("multinomial, 1 in each of 1000²", of: uniform([1000, 1000])) {
      $0[0].multinomial(1)
    },
  ]

  private static let million: Inputs = { [.zeros([1_000_000])] }
}
