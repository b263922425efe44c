import NN
import Tensors

extension Workload {
  /// Normalizations of rows of three widths, and of pictures.
  static let normalizations: [Workload] =
    [32, 256, 1024].flatMap { width in
      let rows = 1_048_576 / width
      return bothWays("layerNorm, \(rows)×\(width)", of: normal([rows, width], [width], [width])) {
        $0[0].layerNorm([width], weight: $0[1], bias: $0[2])
      }
        + bothWays("rmsNorm, \(rows)×\(width)", of: normal([rows, width], [width])) {
          $0[0].rmsNorm([width], weight: $0[1])
        }
    }
    + bothWays("batchNorm, 32×64×28²", of: normal([32, 64, 28, 28], [64], [64])) {
      $0[0].batchNorm(weight: $0[1], bias: $0[2], training: true) * $0[0]
    }
    + bothWays("batchNorm, 4096×256", of: normal([4096, 256], [256], [256])) {
      $0[0].batchNorm(weight: $0[1], bias: $0[2], training: true) * $0[0]
    }
    + bothWays("groupNorm of 8 groups, 32×64×28²", of: normal([32, 64, 28, 28])) {
      GroupNorm(8, 64).to($0[0].device)($0[0]) * $0[0]
    }
    + [
      gradient(
        "layerNorm of bfloat16 backward, 1024×512", of: { [halves([1024, 512]), halves([512])] }
      ) {
        $0[0].layerNorm([512], weight: $0[1])
      },
      unbounded(
        "batchNorm of running statistics, 32×64×28²",
        of: { [.randn([32, 64, 28, 28]), .randn([64]), .rand([64])] }
      ) {
        $0[0].batchNorm(runningMean: $0[1], runningVar: $0[2])
      },
    ]
}
