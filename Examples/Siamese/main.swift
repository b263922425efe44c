// A siamese network tells whether two images show the same digit.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) }
let epochs = 12

/// Pairs of an image and a randomly chosen one, half of them of the same digit.
struct DigitPairs: Dataset {
  let images: Tensor
  let labels: Tensor
  let indices: [Tensor]
  // A loader gives each batch a default generator of its own, unlike PyTorch's without workers.
  let generator = Generator.default

  init(_ digits: TensorDataset<Tensor, Tensor>) {
    images = (digits.inputs / 16).reshape(-1, 1, 8, 8)
    labels = digits.targets
    indices = (0..<10).map { (digits.targets .== $0).nonzero().flatten() }
  }

  var count: Int { labels.count }

  subscript(index: Int) -> (Tensor, Tensor, Tensor) {
    var digit = labels[index].item(as: Int.self)
    let different = Tensor.randint(0, 2, [1], generator: generator).item(as: Int.self)
    if different == 1 {
      digit = (digit + Tensor.randint(1, 10, [1], generator: generator).item(as: Int.self)) % 10
    }
    let same = indices[digit]
    let random = Tensor.randint(0, same.count, [1], generator: generator)
    let other = same[random.item(as: Int.self)]
    return (images[index], images[other], Tensor(Float(different)))
  }
}

final class SiameseNetwork: Module {
  let cnn = Sequential(
    Conv2d(1, 16, kernelSize: 3, padding: 1),
    ReLU(),
    BatchNorm2d(16),
    MaxPool2d(2),
    Conv2d(16, 32, kernelSize: 3, padding: 1),
    ReLU(),
    BatchNorm2d(32),
    Dropout2d(0.1)
  )
  let fc = Sequential(
    Linear(32 * 4 * 4, 64),
    ReLU(),
    Linear(64, 16)
  )

  func forwardOnce(_ x: Tensor) -> Tensor {
    fc(cnn(x).flatten(startDim: 1))
  }

  func callAsFunction(_ x1: Tensor, _ x2: Tensor) -> (Tensor, Tensor) {
    run(x1, x2) { (forwardOnce(x1), forwardOnce(x2)) }
  }
}

final class ContrastiveLoss: Module {
  let margin: Double

  init(margin: Double = 1) {
    self.margin = margin
  }

  func callAsFunction(_ x1: Tensor, _ x2: Tensor, _ y: Tensor) -> Tensor {
    let distance = pairwiseDistance(x1, x2)
    let near = (1 - y) * distance.pow(2)
    let far = y * (margin - distance).clamp(min: 0).pow(2)
    return (near + far).mean()
  }
}

manualSeed(0)
let trainLoader = DataLoader(DigitPairs(Digits.train), batchSize: 64, shuffle: true)
let testLoader = DataLoader(DigitPairs(Digits.test), batchSize: 256)
let model = SiameseNetwork()
let criterion = ContrastiveLoss(margin: 2)
let optimizer = Adam(model.parameters(), lr: 1e-3)

func test() -> Double {
  model.eval()
  var correct = 0.0
  noGrad {
    for (x1, x2, y) in testLoader {
      let (z1, z2) = model(x1, x2)
      let different = pairwiseDistance(z1, z2) .> criterion.margin / 2
      correct += different.float().eq(y).sum().item()
    }
  }
  return correct / Double(testLoader.exampleCount)
}

var step = 0
for epoch in 1...epochs {
  model.train()
  var totalLoss = 0.0
  for (x1, x2, y) in trainLoader {
    optimizer.zeroGrad()
    let (z1, z2) = model(x1, x2)
    let loss = criterion(z1, z2, y)
    loss.backward()
    optimizer.step()
    totalLoss += loss.item()
    step += 1
    if let steps {
      print("step \(step) loss \(String(format: "%.4f", loss.item()))")
      if step == steps { break }
    }
  }
  if step == steps { break }
  print("epoch \(epoch) loss \(String(format: "%.4f", totalLoss / Double(trainLoader.count)))")
}
print("accuracy \(String(format: "%.4f", test()))")
