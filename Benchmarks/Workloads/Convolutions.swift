import Tensors

extension Workload {
  /// Convolutions and what stands beside them, forward, and forward and backward.
  static let convolutions: [Workload] =
    [
      convolution("3×3, 64×32×28² to 64", [64, 32, 28, 28], [64, 32, 3, 3], padding: 1),
      convolution("3×3, 8×256×14² to 256", [8, 256, 14, 14], [256, 256, 3, 3], padding: 1),
      convolution(
        "7×7 stride 2, 8×3×112² to 64", [8, 3, 112, 112], [64, 3, 7, 7], stride: 2, padding: 3),
      convolution(
        "3×3 depthwise, 16×64×28²", [16, 64, 28, 28], [64, 1, 3, 3], padding: 1, groups: 64),
      convolution("1×1, 16×128×14² to 256", [16, 128, 14, 14], [256, 128, 1, 1]),
      convolution(
        "3×3 dilation 2, 16×64×28² to 64", [16, 64, 28, 28], [64, 64, 3, 3], padding: 2,
        dilation: 2),
      bothWays(
        "convTranspose2d 4×4 stride 2, 16×64×14² to 32",
        operations: 2 * 16 * 64 * 14 * 14 * 32 * 4 * 4,
        of: normal([16, 64, 14, 14], [64, 32, 4, 4])
      ) { $0[0].convTranspose2d($0[1], stride: 2, padding: 1) },
      bothWays(
        "conv1d 5, 16×64×512 to 64", operations: 2 * 16 * 64 * 512 * 64 * 5,
        of: normal([16, 64, 512], [64, 64, 5])
      ) { $0[0].conv1d($0[1], padding: 2) },
      bothWays("maxPool2d 2, 32×64×28²", of: normal([32, 64, 28, 28])) { $0[0].maxPool2d(2) },
      bothWays("avgPool2d 2, 32×64×28²", of: normal([32, 64, 28, 28])) { $0[0].avgPool2d(2) },
      bothWays("adaptiveAvgPool2d 1, 32×64×28²", of: normal([32, 64, 28, 28])) {
        $0[0].adaptiveAvgPool2d(1)
      },
      bothWays("interpolate to twice the size, 16×32×28²", of: normal([16, 32, 28, 28])) {
        $0[0].interpolate(scaleFactor: [2, 2])
      },
      bothWays("interpolate bilinear, 16×32×28²", of: normal([16, 32, 28, 28])) {
        $0[0].interpolate(scaleFactor: [2, 2], mode: .bilinear)
      },
      [
        unbounded(
          "conv2d of int64, 8×16×28×28 to 16",
          of: { [.randint(-9, 9, [8, 16, 28, 28]), .randint(-9, 9, [16, 16, 3, 3])] }
        ) { $0[0].conv2d($0[1]) },
        operation(
          "conv2d 3×3 of bfloat16, 64×32×28² to 64", operations: 2 * 64 * 32 * 28 * 28 * 64 * 9,
          of: { [halves([64, 32, 28, 28]), halves([64, 32, 3, 3])] }
        ) { $0[0].conv2d($0[1], padding: 1) },
      ],
    ].flatMap { $0 }

  /// A two-dimensional convolution of an input [batch, in, height, width] with a weight
  /// [out, in / groups, height, width].
  private static func convolution(
    _ name: String, _ input: [Int], _ weight: [Int], stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1
  ) -> [Workload] {
    let side = (input[2] + 2 * padding - dilation * (weight[2] - 1) - 1) / stride + 1
    let operations = 2 * input[0] * side * side * weight.reduce(1, *)
    return bothWays(
      "conv2d \(name)", operations: Double(operations), of: normal(input, weight)
    ) {
      $0[0].conv2d(
        $0[1], stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
  }
}
