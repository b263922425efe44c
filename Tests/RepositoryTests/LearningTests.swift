import Flambeau
import Testing

/// Training with several packages, which must reach a given accuracy.
@Suite struct LearningTests {
  /// A convolutional network on the digits, a fifth of which are held out.
  @Test func aCNNReadsDigits() throws {
    let generator = Generator(seed: 0)
    let digits = Digits.test
    let parts = randomSplit(digits, [1437, 360], generator: generator)
    func images(_ part: Subset<TensorDataset<Tensor, Tensor>>) throws -> (Tensor, Tensor) {
      let (x, y) = try part.batch(at: Array(0..<part.count))
      return (x.reshape(-1, 1, 8, 8) / 16, y)
    }
    let model = Sequential(
      Conv2d(1, 16, kernelSize: 3, padding: 1, generator: generator), BatchNorm2d(16), ReLU(),
      Conv2d(16, 32, kernelSize: 3, padding: 1, generator: generator), BatchNorm2d(32), ReLU(),
      MaxPool2d(2), Flatten(), Dropout(0.3, generator: generator),
      Linear(32 * 4 * 4, 10, generator: generator))
    let (x, y) = try images(parts[0])
    let optimizer = Adam(model.parameters(), lr: 3e-3)
    let epochs = 15
    let batches = x.shape[0] / 32
    let scheduler = OneCycleLR(optimizer, maxLR: 6e-3, totalSteps: epochs * batches + 1)
    for _ in 0..<epochs {
      let order = Tensor.randperm(x.shape[0], generator: generator)
      for batch in 0..<batches {
        let rows = order[batch * 32..<(batch + 1) * 32]
        optimizer.zeroGrad()
        crossEntropy(model(x[rows]), y[rows], labelSmoothing: 0.05).backward()
        optimizer.step()
        scheduler.step()
      }
    }
    let (unseen, right) = try images(parts[1])
    model.eval()
    let share = noGrad { accuracy(model(unseen), right) }
    #expect(share >= 0.985, "\(share)")
  }
}
