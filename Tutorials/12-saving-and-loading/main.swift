import DataPipes
import Foundation
import ModelFiles
import NN
import Serialization

func network() -> Sequential {
  Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
}
manualSeed(0)
let model = network()
for (name, tensor) in model.stateDict() { print(name, tensor.shape, tensor.dtype) }

try save(model.stateDict(), to: "model.h5", metadata: ["trained": "not at all"])
let other = network()
try other.loadStateDict(load("model.h5"))
let x = Tensor.randn([3, 64])
print(model(x).equal(other(x)))
print(try inspect("model.h5"))

do {
  try Sequential(Linear(64, 16), ReLU(), Linear(16, 10), ReLU()).loadStateDict(load("model.h5"))
} catch {
  print(error.localizedDescription)
}
do {
  try other.loadStateDict(load("model.h5", keys: ["0.weight", "0.bias"]))
} catch {
  print(error.localizedDescription)
}
try other.loadStateDict(load("model.h5", keys: ["0.weight", "0.bias"]), strict: false)

let foreign = network()
try foreign.loadStateDict(load("digits.pt"))
let test = Digits.test
let logits = noGrad { foreign(test.inputs / 16) }
print("accuracy", String(format: "%.2f", accuracy(logits, test.targets)))

try save(foreign.stateDict(), to: "back.pt")
try save(foreign.stateDict(), to: "back.safetensors")
let back = try load("back.safetensors")
print(back.keys.joined(separator: ", "), back["0.weight"]!.equal(foreign.stateDict()["0.weight"]!))

try saveModel(foreign.eval(), to: "whole.h5")
let whole = try loadModel("whole.h5")
print(whole)
print(noGrad { whole(test.inputs / 16) }.equal(logits))

final class Run {
  let model: Sequential
  let optimizer: AdamW
  let loader: DataLoader<(Tensor, Tensor)>
  var history = History()
  var epoch = 0

  init() {
    let generator = Generator(seed: 1)
    model = generator.withDefault { network() }
    optimizer = AdamW(model.parameters(), lr: 0.02)
    loader = DataLoader(Digits.train, batchSize: 512, shuffle: true, generator: generator)
  }

  func train(epochs: Int) {
    for _ in 0..<epochs {
      var mean = Mean()
      for (x, y) in loader {
        let loss = crossEntropy(model(x / 16), y)
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
        mean.update(loss.item())
      }
      epoch += 1
      history.append(["loss": mean.value], at: Double(epoch))
    }
  }

  func save(to path: String) throws {
    var checkpoint = Checkpoint()
    checkpoint["model"] = model.stateDict()
    checkpoint["optimizer"] = optimizer.stateDict()
    try checkpoint.set(loader.state, for: "loader")
    try checkpoint.set(history, for: "history")
    try checkpoint.set(epoch, for: "epoch")
    try checkpoint.save(to: path)
  }

  func resume(from path: String, withOptimizer: Bool = true) throws {
    let checkpoint = try Checkpoint(path)
    try model.loadStateDict(checkpoint["model"] ?? [:])
    if withOptimizer { try optimizer.loadStateDict(checkpoint["optimizer"] ?? [:]) }
    loader.state = try checkpoint.get("loader")
    history = try checkpoint.get("history")
    epoch = try checkpoint.get("epoch")
  }
}

let unbroken = Run()
unbroken.train(epochs: 90)

let interrupted = Run()
interrupted.train(epochs: 80)
try interrupted.save(to: "run.h5")

let resumed = Run()
try resumed.resume(from: "run.h5")
print("resumed after", resumed.epoch, "epochs")
resumed.train(epochs: 10)

print(unbroken.history == resumed.history)
let pairs = zip(unbroken.model.parameters(), resumed.model.parameters())
print(pairs.allSatisfy { $0.equal($1) })

let forgetful = Run()
try forgetful.resume(from: "run.h5", withOptimizer: false)
forgetful.train(epochs: 10)

var curves = History()
for (name, run) in [("with the optimizer's state", resumed), ("without", forgetful)] {
  for point in run.history.series["loss"]!.dropFirst(70) {
    curves.append([name: point.value], at: point.position)
  }
}
try Plot(
  curves, title: "Going on after 80 epochs", xLabel: "epochs", yLabel: "training loss"
).write(to: "resumed.svg")
