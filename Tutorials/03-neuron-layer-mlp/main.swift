import Foundation
import ScalarGrad
import ScalarNN

func neuron(_ inputs: [Value], weights: [Value], bias: Value) -> Value {
  var sum = bias
  for (weight, input) in zip(weights, inputs) {
    sum = sum + weight * input
  }
  return sum.relu()
}
print(neuron([1, 0], weights: [0.5, -1], bias: 0.25).data)
print(neuron([0, 1], weights: [0.5, -1], bias: 0.25).data)

func layer(_ inputs: [Value], weights: [[Value]], biases: [Value]) -> [Value] {
  zip(weights, biases).map { neuron(inputs, weights: $0, bias: $1) }
}
let hidden = layer([1, 2], weights: [[0.5, -1], [-0.5, 1], [1, 1]], biases: [0, 0, 0])
print(hidden.map(\.data))

var generator = SeededGenerator(seed: 7)
let model = MLP(2, [8, 8, 1], using: &generator)
print(model)
print(model.parameters.count, "parameters")
print(model([0.5, -0.5])[0].data.briefDescription)

struct Point {
  let x: Double
  let y: Double
  let label: Double
}

func twoMoons(using generator: inout SeededGenerator) -> [Point] {
  var points: [Point] = []
  for index in 0..<50 {
    let angle = Double(index) / 49 * Double.pi
    func noise() -> Double { Double.random(in: -0.1...0.1, using: &generator) }
    points.append(Point(x: cos(angle) + noise(), y: sin(angle) + noise(), label: 1))
    points.append(Point(x: 1 - cos(angle) + noise(), y: 0.5 - sin(angle) + noise(), label: -1))
  }
  return points
}
let points = twoMoons(using: &generator)
print(points.count, "points")

func color(_ score: Double, strength: Double) -> String {
  let full = score > 0 ? [0, 114, 178] : [213, 94, 0]
  let mixed = full.map { Int(255 - strength * Double(255 - $0)) }
  return "rgb(\(mixed[0]),\(mixed[1]),\(mixed[2]))"
}

func draw(_ model: MLP, _ points: [Point], to path: String) throws {
  var svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-1.52 -1.4 4 2.4' width='720'>\n"
  for row in 0..<30 {
    for column in 0..<50 {
      let (x, y) = (-1.52 + 0.08 * Double(column), 1.4 - 0.08 * Double(row))
      let score = model([Value(x + 0.04), Value(y - 0.04)])[0].data
      let fill = color(score, strength: 0.6 * min(abs(score), 1))
      let place = String(format: "x='%.2f' y='%.2f'", x, -y)
      svg += "<rect \(place) width='.081' height='.081' fill='\(fill)'/>\n"
    }
  }
  for point in points {
    let fill = color(point.label, strength: 1)
    let place = String(format: "cx='%.3f' cy='%.3f'", point.x, -point.y)
    svg += "<circle \(place) r='.035' fill='\(fill)' stroke='white' stroke-width='.012'/>\n"
  }
  try (svg + "</svg>\n").write(toFile: path, atomically: true, encoding: .utf8)
}
try draw(model, points, to: "untrained.svg")

func measure(_ model: MLP, on points: [Point]) -> (loss: Value, accuracy: Double) {
  var loss: Value = 0
  var correct = 0
  for point in points {
    let score = model([Value(point.x), Value(point.y)])[0]
    loss = loss + (1 - point.label * score).relu()
    if (score.data > 0) == (point.label > 0) { correct += 1 }
  }
  var price: Value = 0
  for parameter in model.parameters {
    price = price + parameter * parameter
  }
  let total = loss / Double(points.count) + 0.0001 * price
  return (total, Double(correct) / Double(points.count))
}
let (loss, accuracy) = measure(model, on: points)
print("loss \(loss.data.briefDescription), accuracy \(accuracy)")

print(loss.graph().nodes.count, "nodes")

for step in 0..<100 {
  let (loss, accuracy) = measure(model, on: points)
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
try draw(model, points, to: "trained.svg")
