import Tensors
import Testing

/// The messages of mistakes, for each family of operations without tests of its own.
@Suite struct MessageTests {
  @Test func linearAlgebra() async {
    await expectMessage(
      "inverse: a matrix is singular",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.ones([2, 2]).inverse()
      })
    await expectMessage(
      "det: shape [2, 3]; it takes square matrices",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.ones([2, 3]).det()
      })
    await expectMessage(
      "cholesky: matrix 1 of shape [2, 2, 2] is not positive definite",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.stack([.eye(2), -Tensor.eye(2)]).cholesky()
      })
    await expectMessage(
      "solve: shapes [2, 2] and [3, 1] do not fit",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.eye(2).solve(.ones([3, 1]))
      })
    await expectMessage(
      "svd: int64 of shape [2, 2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([[1, 2], [3, 4]]).svd()
      })
    await expectMessage(
      "bmm: shapes [2, 2, 3] and [3, 3, 2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 2, 3]).bmm(.zeros([3, 3, 2]))
      })
  }

  @Test func windows() async {
    await expectMessage(
      "conv2d: input [1, 3, 4, 4], weight [2, 2, 3, 3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([1, 3, 4, 4]).conv2d(.zeros([2, 2, 3, 3]))
      })
    await expectMessage(
      "conv2d: a window of [3, 5] with dilation [1, 1] is larger than the input of [4, 4]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([1, 1, 4, 4]).conv2d(.zeros([1, 1, 3, 5]))
      })
    await expectMessage(
      "conv2d: padding .same with stride [2, 2]; it needs a stride of 1",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([1, 1, 4, 4]).conv2d(.zeros([1, 1, 3, 3]), stride: 2, padding: .same)
      })
    await expectMessage(
      "maxPool2d: padding [2, 0] is more than half of the window [2, 2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([1, 1, 4, 4]).maxPool2d([2, 2], padding: [2, 0])
      })
    await expectMessage(
      "pad: 4 before and 0 after dim 0 of shape [3] (reflect)",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3]).pad([4, 0], mode: .reflect)
      })
    await expectMessage(
      "interpolate: shape [2] to [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2]).interpolate(size: [3], mode: .bilinear)
      })
  }

  @Test func networks() async {
    await expectMessage(
      "layerNorm: input [2, 3], normalizedShape [2], weight none, bias none",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).layerNorm([2])
      })
    await expectMessage(
      "batchNorm: input [2, 3] and a parameter of shape [2], not [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).batchNorm(weight: .ones([2]), training: true)
      })
    await expectMessage(
      "scaledDotProductAttention: query [2, 3], key [2, 4], value [2, 4]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).scaledDotProductAttention(.zeros([2, 4]), .zeros([2, 4]))
      })
    await expectMessage(
      "prelu: 2 weights for a tensor of shape [2, 3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).prelu(.zeros([2]))
      })
    await expectMessage(
      "glu: dim 1 of a tensor of shape [2, 3] cannot be halved",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).glu()
      })
  }

  @Test func sortingAndRepeating() async {
    await expectMessage(
      "topk: 4 of the 3 elements along dim -1 of shape [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3]).topk(4)
      })
    await expectMessage(
      "bincount: int64 of shape [2]; it must be a vector of non-negative integers",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1, -1]).bincount()
      })
    await expectMessage(
      "repeat: [2] for a tensor of shape [2, 3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).repeat([2])
      })
    await expectMessage(
      "maskedSelect: a mask of bool and shape [2] for shape [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3]).maskedSelect(Tensor([true, false]))
      })
    await expectMessage(
      "where: the condition is int64",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.where(Tensor([1]), Tensor([1]), Tensor([2]))
      })
  }

  @Test func runningStatistics() {
    let x = Tensor([[1.0, 10], [3, 30]])
    let (mean, variance) = (Tensor.zeros([2]), Tensor.ones([2]))
    _ = x.batchNorm(runningMean: mean, runningVar: variance, training: true, momentum: 0.5)
    #expect(mean.scalars(as: Double.self) == [1, 10])
    #expect(variance.scalars(as: Double.self) == [1.5, 100.5])
    let y = x.batchNorm(runningMean: mean, runningVar: variance, eps: 0)
    #expect(y.allclose((x - mean) / variance.sqrt()))
  }
}
