import NN
import Tensors

extension Workload {
  /// Operations of neural networks, forward and backward.
  static let gradients = [
    gradient("(a * b).sum() backward, 4 floats", of: ([4], [4])) { $0[0] * $0[1] },
    gradient(
      "conv2d backward, 64×32×28×28 to 64", of: ([64, 32, 28, 28], [64, 32, 3, 3])
    ) { $0[0].conv2d($0[1], padding: [1, 1]) },
    gradient("layerNorm backward, 1024×512", of: ([1024, 512], [512])) {
      $0[0].layerNorm([512], weight: $0[1])
    },
    gradient("batchNorm backward, 64×32×28×28", of: ([64, 32, 28, 28], [32])) {
      $0[0].batchNorm(weight: $0[1], training: true) * $0[0]
    },
    gradient("variance backward, 1000²", of: ([1000, 1000], [1000])) {
      $0[0].variance(dims: [1]) * $0[1]
    },
    gradient("gelu of bfloat16 backward, 1 million", of: ([1_000_000], [1]), dtype: .bfloat16) {
      $0[0].gelu() * $0[1]
    },
    gradient(
      "softmax of bfloat16 backward, 1000²", of: ([1000, 1000], [1000, 1000]), dtype: .bfloat16
    ) { $0[0].softmax(dim: -1) * $0[1] },
    gradient(
      "layerNorm of bfloat16 backward, 1024×512", of: ([1024, 512], [512]), dtype: .bfloat16
    ) { $0[0].layerNorm([512], weight: $0[1]) },
    gradient("attention backward, 16×4×64×32", of: ([16, 4, 64, 32], [16, 4, 64, 32])) {
      $0[0].scaledDotProductAttention($0[1], $0[1])
    },
    gradient("crossEntropy backward, 1024×1000", of: ([1024, 1000], [1])) {
      crossEntropy($0[0], Tensor.arange(1024, device: $0[0].device).remainder(1000)) * $0[1]
    },
  ]

  /// Backward from the sum of a result's elements to all inputs, which are drawn after seed 0.
  private static func gradient(
    _ name: String, of shapes: ([Int], [Int]), dtype: DType = .float32,
    _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Workload {
    // Half-precision results that differ in the last place make sums that differ by more.
    Workload(name, tolerance: dtype == .float32 ? 1e-3 : 1e-2) { device in
      manualSeed(0)
      let inputs = [shapes.0, shapes.1].map { Tensor.randn($0).to(dtype).to(device) }
      for input in inputs { input.requiresGrad = true }
      return { count in
        for _ in 0..<count {
          for input in inputs { input.grad = nil }
          function(inputs).sum().backward()
        }
        return inputs.map { $0.grad!.to(.float64).abs().sum().item() }
      }
    }
  }
}
