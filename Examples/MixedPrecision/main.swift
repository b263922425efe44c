// Training in mixed precision, with gradients of several batches, that is stopped and resumed.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let maxSteps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) }
let epochs = 8
let accumulationSteps = 2

func digits(_ set: TensorDataset<Tensor, Tensor>) -> TensorDataset<Tensor, Tensor> {
  TensorDataset((set.inputs / 16).view(-1, 1, 8, 8), set.targets)
}

func makeModel() -> Sequential {
  Sequential(
    Conv2d(1, 16, kernelSize: 3, padding: 1),
    BatchNorm2d(16),
    ReLU(),
    Conv2d(16, 32, kernelSize: 3, stride: 2, padding: 1),
    BatchNorm2d(32),
    ReLU(),
    Flatten(),
    Linear(512, 128),
    ReLU(),
    Dropout(0.2),
    Linear(128, 10)
  )
}

final class Trainer {
  let model = makeModel()
  let criterion = CrossEntropyLoss()
  let optimizer: SGD
  let scheduler: OneCycleLR
  let scaler = GradScaler(initScale: 1024, growthInterval: 6)
  var step = 0

  init(totalSteps: Int) {
    optimizer = SGD(
      model.parameters(), lr: 0.05, momentum: 0.9, weightDecay: 1e-4, nesterov: true)
    scheduler = OneCycleLR(optimizer, maxLR: 0.1, totalSteps: totalSteps)
  }

  /// Trains until a number of steps; the mean loss since the call.
  func train(_ loader: DataLoader<(Tensor, Tensor)>, until: Int, verbose: Bool) -> Double {
    model.train()
    var losses: [Double] = []
    while true {
      for (i, (images, labels)) in loader.enumerated() {
        let loss = autocast(.cpu, dtype: .bfloat16) {
          criterion(model(images), labels) / accumulationSteps
        }
        scaler.scale(loss).backward()
        losses.append(loss.item() * Double(accumulationSteps))
        if (i + 1) % accumulationSteps != 0 { continue }
        scaler.unscale(optimizer)
        clipGradNorm(model.parameters(), maxNorm: 5)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zeroGrad()
        scheduler.step()
        step += 1
        if verbose {
          print(
            String(
              format: "step %d loss %.4f scale %.0f", step,
              losses.suffix(2).reduce(0, +) / 2, scaler.scale))
        }
        if step == until { return losses.reduce(0, +) / Double(losses.count) }
      }
    }
  }

  func save(_ path: String) throws {
    var checkpoint = Checkpoint()
    try checkpoint.set(step, for: "step")
    checkpoint["model"] = model.stateDict()
    checkpoint["optimizer"] = optimizer.stateDict()
    checkpoint["scheduler"] = scheduler.stateDict()
    checkpoint["scaler"] = scaler.stateDict()
    try checkpoint.save(to: path)
  }

  func load(_ path: String) throws {
    let checkpoint = try Checkpoint(path)
    step = try checkpoint.get("step")
    try model.loadStateDict(checkpoint["model"] ?? [:])
    try optimizer.loadStateDict(checkpoint["optimizer"] ?? [:])
    try scheduler.loadStateDict(checkpoint["scheduler"] ?? [:])
    try scaler.loadStateDict(checkpoint["scaler"] ?? [:])
  }
}

func test(_ model: Module, _ loader: DataLoader<(Tensor, Tensor)>) -> Double {
  model.eval()
  var correct = 0
  noGrad {
    autocast(.cpu, dtype: .bfloat16) {
      for (images, labels) in loader {
        correct += model(images).argmax(dim: 1).eq(labels).sum().item(as: Int.self)
      }
    }
  }
  return Double(correct) / Double(loader.exampleCount)
}

manualSeed(0)
let trainLoader = DataLoader(digits(Digits.train), batchSize: 32, shuffle: true, dropLast: true)
let testLoader = DataLoader(digits(Digits.test), batchSize: 256)
let total = epochs * trainLoader.count / accumulationSteps
let steps = maxSteps ?? total
let path = FileManager.default.temporaryDirectory.appending(path: "checkpoint.h5").path

var trainer = Trainer(totalSteps: total)
var loss = trainer.train(trainLoader, until: steps / 2, verbose: maxSteps != nil)
print(String(format: "saved after %d steps, loss %.4f", trainer.step, loss))
try trainer.save(path)

trainer = Trainer(totalSteps: total)
try trainer.load(path)
loss = trainer.train(trainLoader, until: steps, verbose: maxSteps != nil)
print(
  String(
    format: "resumed until step %d, loss %.4f, learning rate %.6f", trainer.step, loss,
    trainer.scheduler.lrs[0]))
try FileManager.default.removeItem(atPath: path)
print(String(format: "accuracy %.4f", test(trainer.model, testLoader)))
