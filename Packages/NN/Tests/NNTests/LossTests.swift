import NN
import Testing

/// A loss computed by PyTorch; see Golden/make_losses.py.
struct GoldenLoss: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let reduction: String
  let inputs: [GoldenTensor]
  let output: GoldenTensor
  let gradients: [GoldenTensor]

  var testDescription: String { "\(name), \(reduction)" }

  static let all: [GoldenLoss] = golden("losses")
}

private var classes: Tensor { Tensor([2, 0, 1, 2]) }
private var some: Tensor { Tensor([2, -100, 1, -100]) }
private var signs: Tensor { Tensor([1.0, -1, -1, 1], dtype: .float64) }
private var factors: Tensor { Tensor([0.5, 2.0, 1.0], dtype: .float64) }
private var huge: Tensor { Tensor([[1000.0, -1000, 0]], dtype: .float64) }

private let losses: [String: @Sendable ([Tensor], LossReduction) -> Tensor] = [
  "l1": { L1Loss(reduction: $1)($0[0], $0[1]) },
  "mse": { MSELoss(reduction: $1)($0[0], $0[1]) },
  "smoothL1": { SmoothL1Loss(beta: 0.5, reduction: $1)($0[0], $0[1]) },
  "huber": { HuberLoss(delta: 0.7, reduction: $1)($0[0], $0[1]) },
  "crossEntropy": { CrossEntropyLoss(reduction: $1)($0[0], classes) },
  "crossEntropy, all": {
    CrossEntropyLoss(weight: factors, labelSmoothing: 0.1, reduction: $1)($0[0], some)
  },
  "crossEntropy, smoothing": {
    CrossEntropyLoss(labelSmoothing: 0.3, reduction: $1)($0[0], classes)
  },
  "crossEntropy, probabilities": {
    CrossEntropyLoss(weight: factors, labelSmoothing: 0.1, reduction: $1)(
      $0[0], $0[1].softmax(dim: 1))
  },
  "crossEntropy, images": {
    CrossEntropyLoss(ignoreIndex: 1, reduction: $1)($0[0], classes.reshape(2, 2))
  },
  "crossEntropy, one": { crossEntropy($0[0], Tensor([1])[0], reduction: $1) },
  "crossEntropy, huge": { crossEntropy($0[0] + huge, Tensor([1, 0]), reduction: $1) },
  "nll": { NLLLoss(weight: factors, reduction: $1)($0[0].logSoftmax(dim: 1), some) },
  "bce": { BCELoss(weight: factors, reduction: $1)($0[0].sigmoid(), $0[1].sigmoid()) },
  "bce, certain": { BCELoss(reduction: $1)(($0[0] * 1000).sigmoid(), .onesLike($0[0])) },
  "bceWithLogits": {
    BCEWithLogitsLoss(weight: factors, posWeight: factors + 1, reduction: $1)(
      $0[0], $0[1].sigmoid())
  },
  "bceWithLogits, huge": { bceWithLogits($0[0] + huge, $0[1].sigmoid(), reduction: $1) },
  "klDiv": { KLDivLoss(reduction: $1)($0[0].logSoftmax(dim: 1), $0[1].softmax(dim: 1)) },
  "klDiv, zeros": {
    KLDivLoss(reduction: $1)($0[0].logSoftmax(dim: 1), .eye(3, dtype: .float64))
  },
  "klDiv, logarithms": {
    KLDivLoss(logTarget: true, reduction: $1)($0[0].logSoftmax(dim: 1), $0[1].logSoftmax(dim: 1))
  },
  "hingeEmbedding": { HingeEmbeddingLoss(margin: 0.8, reduction: $1)($0[0], signs) },
  "tripletMargin": { TripletMarginLoss(reduction: $1)($0[0], $0[1], $0[2]) },
  "tripletMargin, swap": {
    TripletMarginLoss(margin: 2, p: 3, swap: true, reduction: $1)($0[0], $0[1], $0[2])
  },
  "cosineEmbedding": { CosineEmbeddingLoss(margin: 0.1, reduction: $1)($0[0], $0[1], signs) },
]

@Suite struct LossTests {
  @Test func theTableIsComplete() {
    #expect(Set(losses.keys) == Set(GoldenLoss.all.map(\.name)))
  }

  @Test(arguments: GoldenLoss.all, testedDevices)
  func lossesAndGradientsArePyTorchs(golden: GoldenLoss, device: Device) throws {
    try device.withDefault {
      let reduction: LossReduction =
        golden.reduction == "mean" ? .mean : golden.reduction == "sum" ? .sum : .none
      let inputs = try golden.inputs.map { try $0.tensor(requiresGrad: true) }
      let function = try #require(losses[golden.name])
      let loss = function(inputs, reduction)
      #expect(isClose(loss, try golden.output.tensor()))
      loss.sum().backward()
      for (input, gradient) in zip(inputs, golden.gradients) {
        #expect(isClose(try #require(input.grad), try gradient.tensor()))
      }
    }
  }

  /// Without a parabola, it is the absolute error, with a derivative of 0 at 0.
  @Test func smoothL1LossOfBetaZero() {
    let x = Tensor([-2.0, 0, 0.5], requiresGrad: true)
    let loss = smoothL1Loss(x, .zeros([3]), beta: 0, reduction: .none)
    #expect(loss.scalars() == [2, 0, 0.5])
    loss.sum().backward()
    #expect(x.grad!.scalars() == [-1, 0, 1])
  }

  @Test func oneTargetForManyInputs() {
    let x = Tensor([[0.5, 2], [-1, 0.3]])
    let loss = hingeEmbeddingLoss(x, Tensor([[1, -1]]), reduction: .none)
    #expect(loss.allclose(Tensor([[0.5, 0], [-1, 0.7]])))
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "mseLoss: input [2], target [3]; the shapes must be the same",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = mseLoss(Tensor.zeros([2]), Tensor.zeros([3]))
      })
    await expectMessage(
      "nllLoss: target 7 is out of range for 3 classes",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = nllLoss(Tensor.zeros([1, 3]), Tensor([7]))
      })
    await expectMessage(
      "binaryCrossEntropy: a probability is not from 0 to 1; see bceWithLogits",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = binaryCrossEntropy(Tensor([1.5]), Tensor([1.0]))
      })
    await expectMessage(
      "cosineEmbeddingLoss: inputs [2, 3], target [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tensor.zeros([2, 3])
        _ = cosineEmbeddingLoss(x, x, Tensor([1, 1, 1]))
      })
  }
}
