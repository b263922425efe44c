import DataPipes
import NN

let train = Synthetic.moons(60, noise: 0.3, generator: Generator(seed: 0))
let validation = Synthetic.moons(1000, noise: 0.3, generator: Generator(seed: 1))
print(train.inputs.shape, train.targets[0..<8])

func network(dropout: Double) -> Sequential {
  Sequential(
    Linear(2, 128), ReLU(), Dropout(dropout),
    Linear(128, 128), ReLU(), Dropout(dropout),
    Linear(128, 2))
}
manualSeed(0)
let model = network(dropout: 0)
print(model.parameters().reduce(0) { $0 + $1.numel }, "parameters for", train.count, "points")

let unsure = Tensor([[0.0, 0.0]])
let sure = Tensor([[0.0, 5.0]])
print(
  crossEntropy(unsure, Tensor([1])), crossEntropy(sure, Tensor([1])),
  crossEntropy(sure, Tensor([0])))

let optimizer = AdamW(model.parameters(), lr: 0.005, weightDecay: 0)
let (x, y) = train.batch(at: Array(0..<20))

let logits = model(x)  // forward: what the model says
let loss = crossEntropy(logits, y)  // how wrong it is, as one number
optimizer.zeroGrad()  // forget the gradients of the step before
loss.backward()  // the slope of the loss for each parameter
optimizer.step()  // a little way downhill
print(loss.item(), crossEntropy(model(x), y).item())

func measure(_ model: Module, on data: Synthetic.Examples) -> (loss: Double, accuracy: Double) {
  model.eval()
  defer { model.train() }
  return noGrad {
    let logits = model(data.inputs)
    return (crossEntropy(logits, data.targets).item(), accuracy(logits, data.targets))
  }
}
let before = measure(model, on: validation)
print("loss \(before.loss.briefDescription), accuracy \(before.accuracy)")

func learn(_ model: Module, weightDecay: Double, epochs: Int = 200) -> History {
  let optimizer = AdamW(model.parameters(), lr: 0.005, weightDecay: weightDecay)
  let loader = DataLoader(train, batchSize: 20, shuffle: true)
  var history = History()
  for epoch in 1...epochs {
    for (x, y) in loader {
      let loss = crossEntropy(model(x), y)
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
    }
    if epoch % 5 == 0 {
      let known = measure(model, on: train)
      let unknown = measure(model, on: validation)
      history.append(
        [
          "training loss": known.loss, "validation loss": unknown.loss,
          "training accuracy": known.accuracy, "validation accuracy": unknown.accuracy,
        ], at: Double(epoch))
    }
  }
  return history
}

func report(_ history: History) {
  for name in history.series.keys {
    let values = [10, 50, 200].map { epoch in
      history.series[name]!.first { $0.position == Double(epoch) }!.value.briefDescription
    }
    print(name, "after 10, 50 and 200 epochs:", values.joined(separator: ", "))
  }
}

manualSeed(0)
let plain = network(dropout: 0)
let history = learn(plain, weightDecay: 0)
report(history)

try Plot(
  history.selecting(["training loss", "validation loss"]),
  title: "Without a cure", xLabel: "epochs", yLabel: "cross entropy"
).write(to: "overfitting.svg")

manualSeed(0)
let cured = network(dropout: 0.5)
let better = learn(cured, weightDecay: 1)
report(better)

var both = History()
for (name, history) in [("without", history), ("with dropout and weight decay", better)] {
  for point in history.series["validation loss"]! {
    both.append([name: point.value], at: point.position)
  }
}
try Plot(
  both, title: "Validation loss", xLabel: "epochs", yLabel: "cross entropy"
).write(to: "cured.svg")

let best = history.series["validation loss"]!.min { $0.value < $1.value }!
print("best after \(Int(best.position)) epochs: \(best.value.briefDescription)")

let test = Synthetic.moons(1000, noise: 0.3, generator: Generator(seed: 2))
for (name, model) in [("without", plain), ("with", cured)] {
  let result = measure(model, on: test)
  print("\(name): loss \(result.loss.briefDescription), accuracy \(result.accuracy)")
}
