// A convolutional network learns to read handwritten digits.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) }
let logInterval = steps == nil ? 30 : 1
let epochs = 8

final class Net: Module {
  let conv1 = Conv2d(1, 32, kernelSize: 3, padding: 1)
  let conv2 = Conv2d(32, 64, kernelSize: 3)
  let dropout1 = Dropout(0.25)
  let dropout2 = Dropout(0.5)
  let fc1 = Linear(576, 128)
  let fc2 = Linear(128, 10)

  override func forward(_ x: Tensor) -> Tensor {
    var x = conv1(x).relu()
    x = conv2(x).relu()
    x = x.maxPool2d(2)
    x = dropout1(x)
    x = x.flatten(startDim: 1)
    x = fc1(x).relu()
    x = dropout2(x)
    x = fc2(x)
    return x.logSoftmax(dim: 1)
  }
}

func train(_ model: Net, _ loader: DataLoader<(Tensor, Tensor)>, _ optimizer: Adam, epoch: Int) {
  model.train()
  for (batch, (data, target)) in loader.enumerated() {
    optimizer.zeroGrad()
    let output = model(data)
    let loss = nllLoss(output, target)
    loss.backward()
    optimizer.step()
    if batch % logInterval == 0 {
      let value = String(format: "%.4f", loss.item())
      print("epoch \(epoch) batch \(batch)/\(loader.count) loss \(value)")
    }
    if batch + 1 == steps { break }
  }
}

func test(_ model: Net, _ loader: DataLoader<(Tensor, Tensor)>) {
  model.eval()
  var testLoss = 0.0
  var correct = 0
  noGrad {
    for (data, target) in loader {
      let output = model(data)
      testLoss += nllLoss(output, target, reduction: .sum).item()
      let prediction = output.argmax(dim: 1)
      correct += prediction.eq(target).sum().item(as: Int.self)
    }
  }
  let count = loader.exampleCount
  print(
    String(
      format: "test loss %.4f accuracy %d/%d (%.1f%%)", testLoss / Double(count), correct, count,
      100 * Double(correct) / Double(count)))
}

func digits(_ part: TensorDataset<Tensor, Tensor>) -> TensorDataset<Tensor, Tensor> {
  TensorDataset(part.inputs.reshape(-1, 1, 8, 8) / 16, part.targets)
}

manualSeed(0)
let trainLoader = DataLoader(digits(Digits.train), batchSize: 64, shuffle: true)
let testLoader = DataLoader(digits(Digits.test), batchSize: 500)

let model = Net()
let optimizer = Adam(model.parameters(), lr: 2e-3)
let scheduler = StepLR(optimizer, stepSize: 1, gamma: 0.7)
for epoch in 1...(steps == nil ? epochs : 1) {
  train(model, trainLoader, optimizer, epoch: epoch)
  test(model, testLoader)
  scheduler.step()
}
