import NN
import Tensors

extension Workload {
  /// Reductions, and what is computed from them along rows.
  static let reductions: [Workload] =
    reductionsOfSquares + ofRows
    + [
      operation("sum, 16 million", of: uniform([16_000_000])) { $0[0].sum() },
      operation("norm, 1 million", of: normal([1_000_000])) { $0[0].norm() },
      operation("sum of float64, 1000²", of: { [Tensor.rand([1000, 1000]).to(.float64)] }) {
        $0[0].sum()
      },
      operation("sum of bfloat16, 1000²", of: { [halves([1000, 1000])] }) { $0[0].sum() },
      operation("mean over dim 1 of bfloat16, 1000²", of: { [halves([1000, 1000])] }) {
        $0[0].mean(dim: 1)
      },
      operation("softmax of bfloat16, 1000²", of: { [halves([1000, 1000])] }) {
        $0[0].softmax(dim: -1)
      },
      gradient("variance backward, 1000²", of: normal([1000, 1000], [1000])) {
        $0[0].variance(dims: [1]) * $0[1]
      },
      gradient(
        "softmax of bfloat16 backward, 1000²",
        of: { [halves([1000, 1000]), halves([1000, 1000])] }
      ) { $0[0].softmax(dim: -1) * $0[1] },
      gradient("softmax backward, 1000²", of: normal([1000, 1000], [1000, 1000])) {
        $0[0].softmax(dim: -1) * $0[1]
      },
      gradient("logSoftmax backward, 1000²", of: normal([1000, 1000], [1000, 1000])) {
        $0[0].logSoftmax(dim: -1) * $0[1]
      },
      gradient("logsumexp backward, 1000²", of: normal([1000, 1000], [1000])) {
        $0[0].logsumexp(dim: 1) * $0[1]
      },
      gradient("amax backward, 1000²", of: normal([1000, 1000], [1000])) {
        $0[0].amax(dim: 1) * $0[1]
      },
    ]

  /// Over all elements, over dim 0 and over dim 1.
  private static let reductionsOfSquares = [nil, [0], [1]].flatMap { dims in
    let functions: KeyValuePairs<String, @Sendable (Tensor, [Int]?) -> Tensor> = [
      "sum": { $0.sum(dims: $1) },
      "mean": { $0.mean(dims: $1) },
      "amax": { $0.amax(dims: $1) },
      "argmax": { x, dims in dims.map { x.argmax(dim: $0[0]) } ?? x.argmax() },
      "variance": { $0.variance(dims: $1) },
      "std": { $0.std(dims: $1) },
      "norm": { $0.norm(dims: $1) },
      "logsumexp": { $0.logsumexp(dims: $1 ?? [0, 1]) },
      "countNonzero": { $0.countNonzero(dims: $1) },
    ]
    let bools: KeyValuePairs<String, @Sendable (Tensor, [Int]?) -> Tensor> = [
      "all": { $0.all(dims: $1) },
      "any": { (~$0).any(dims: $1) },
    ]
    let place = dims.map { " over dim \($0[0])" } ?? ""
    return functions.map { name, function in
      operation("\(name)\(place), 1000²", of: uniform([1000, 1000])) { function($0[0], dims) }
    }
      + bools.map { name, function in
        // Neither can stop early.
        operation("\(name)\(place), 1000²", of: { [Tensor.rand([1000, 1000]) .>= 0] }) {
          function($0[0], dims)
        }
      }
  }

  /// Results as large as the inputs, and rows that are short.
  private static let ofRows =
    [0, 1].flatMap { dim in
      [
        operation("softmax over dim \(dim), 1000²", of: normal([1000, 1000])) {
          $0[0].softmax(dim: dim)
        },
        operation("logSoftmax over dim \(dim), 1000²", of: normal([1000, 1000])) {
          $0[0].logSoftmax(dim: dim)
        },
        operation("cumsum over dim \(dim), 1000²", of: uniform([1000, 1000])) {
          $0[0].cumsum(dim: dim)
        },
      ]
    } + [
      operation("softmax, 32 wide, 1 million", of: normal([32_768, 32])) { $0[0].softmax(dim: -1) },
      operation("logsumexp, 32 wide, 1 million", of: normal([32_768, 32])) {
        $0[0].logsumexp(dim: -1)
      },
      operation("sum, 32 wide, 1 million", of: uniform([32_768, 32])) { $0[0].sum(dim: -1) },
    ]
}
