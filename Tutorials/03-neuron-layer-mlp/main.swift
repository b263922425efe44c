import Foundation
import ScalarGrad
import ScalarNN

let weights: [Value] = [0.5, -1]
let bias: Value = 0.25
func neuron(_ inputs: [Value]) -> Value {
  var sum = bias
  for (weight, input) in zip(weights, inputs) {
    sum = sum + weight * input
  }
  return sum.relu()
}
print(neuron([1, 0]).data, neuron([0, 1]).data)

var generator = SeededGenerator(seed: 7)
let model = MLP(2, [8, 8, 1], using: &generator)
print(model)
print(model.parameters.count, "parameters")
print(model([0.5, -0.5])[0].data.briefDescription)

var points: [[Double]] = []
var labels: [Double] = []
for index in 0..<50 {
  let angle = Double(index) / 49 * Double.pi
  func noise() -> Double { Double.random(in: -0.1...0.1, using: &generator) }
  points.append([cos(angle) + noise(), sin(angle) + noise()])
  labels.append(1)
  points.append([1 - cos(angle) + noise(), 0.5 - sin(angle) + noise()])
  labels.append(-1)
}

func draw(_ model: MLP) {
  for row in 0..<16 {
    var line = ""
    for column in 0..<48 {
      let x = -1.5 + Double(column) / 47 * 4
      let y = 1.4 - Double(row) / 15 * 2.3
      let near = points.indices.first {
        abs(points[$0][0] - x) < 0.045 && abs(points[$0][1] - y) < 0.08
      }
      if let near {
        line += labels[near] > 0 ? "O" : "x"
      } else {
        line += model([Value(x), Value(y)])[0].data > 0 ? "+" : "-"
      }
    }
    print(line)
  }
}
draw(model)

func measure(_ model: MLP) -> (loss: Value, accuracy: Double) {
  var loss: Value = 0
  var correct = 0
  for (point, label) in zip(points, labels) {
    let score = model(point.map { Value($0) })[0]
    loss = loss + (1 - label * score).relu()
    if (score.data > 0) == (label > 0) { correct += 1 }
  }
  var price: Value = 0
  for parameter in model.parameters {
    price = price + parameter * parameter
  }
  let total = loss / Double(points.count) + 0.0001 * price
  return (total, Double(correct) / Double(points.count))
}
let (loss, accuracy) = measure(model)
print("loss \(loss.data.briefDescription), accuracy \(accuracy)")

print(loss.graph().nodes.count, "nodes")

for step in 0..<100 {
  let (loss, accuracy) = measure(model)
  model.zeroGrad()
  loss.backward()
  let size = 1 - 0.9 * Double(step) / 100
  for parameter in model.parameters {
    parameter.data -= size * parameter.grad
  }
  if step % 10 == 0 || step == 99 {
    print("step \(step): loss \(loss.data.briefDescription), accuracy \(accuracy)")
  }
}

draw(model)
