import NN
import Tensors

extension Workload {
  /// Losses, and losses with their gradients.
  static let losses: [Workload] =
    ofPairs.flatMap { name, loss in
      bothWays("\(name), 1000²", of: normal([1000, 1000], [1000, 1000])) { loss($0[0], $0[1]) }
    }
    + ofProbabilities.flatMap { name, loss in
      bothWays("\(name), 1000²", of: uniform([1000, 1000], [1000, 1000])) { loss($0[0], $0[1]) }
    }
    + bothWays("tripletMarginLoss, 1000²", of: normal([1000, 1000], [1000, 1000], [1000, 1000])) {
      tripletMarginLoss($0[0], $0[1], $0[2], margin: 10)
    }
    + bothWays("cosineEmbeddingLoss, 1000²", of: normal([1000, 1000], [1000, 1000])) {
      cosineEmbeddingLoss($0[0], $0[1], .ones([1000], device: $0[0].device))
    }
    + bothWays("crossEntropy, 1024×1000", of: normal([1024, 1000])) {
      crossEntropy($0[0], Tensor.arange(1024, device: $0[0].device).remainder(1000))
    }

  private static let ofPairs: KeyValuePairs<String, @Sendable (Tensor, Tensor) -> Tensor> = [
    "mseLoss": { mseLoss($0, $1) },
    "l1Loss": { l1Loss($0, $1) },
    "smoothL1Loss": { smoothL1Loss($0, $1) },
    "huberLoss": { huberLoss($0, $1, delta: 0.5) },
    "hingeEmbeddingLoss": { hingeEmbeddingLoss($0, ($1 .> 0).to(.float32) * 2 - 1) },
  ]

  private static let ofProbabilities: KeyValuePairs<String, @Sendable (Tensor, Tensor) -> Tensor> =
    [
      "binaryCrossEntropy": { binaryCrossEntropy($0, $1) },
      "bceWithLogits": { bceWithLogits($0, $1) },
      "klDiv": { klDiv($0, $1) },
    ]
}
