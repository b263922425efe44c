import Ember
import GraphvizRendering

let a = Value(2, label: "a")
let b = Value(-3, label: "b")
let c = Value(10, label: "c")
let f = Value(-2, label: "f")
let result = (a * b + c) * f
result.label = "result"
result.backward()
print(a.grad, b.grad, c.grad, f.grad)

import Graphs

var builder = ComputationGraph.Builder()
let three = builder.add(.init(.parameter, label: "x", fields: [.init("data", 3)]))
let square = builder.add(.init(.operation, label: "pow"))
builder.connect(three, to: square)
print(builder.graph().nodes.count)

try result.graph().render(to: "mine.svg", direction: .leftRight)

func neuron(_ inputs: [Value], _ weights: ArraySlice<Value>) -> Value {
  let terms = zip(inputs, weights.dropFirst()).map { $0 * $1 }
  return terms.reduce(weights.first!) { $0 + $1 }.tanh()
}
let weights = [0.1, 0.8, -0.5, -0.2, -0.6, 0.9, 0.1, 0.7, 0.4].map { Value($0) }

func loss() -> Value {
  var loss: Value = 0
  for (x, y, target) in [(0.0, 0.0, -1.0), (0, 1, 1), (1, 0, 1), (1, 1, -1)] {
    let inputs = [Value(x), Value(y)]
    let hidden = [neuron(inputs, weights[0..<3]), neuron(inputs, weights[3..<6])]
    loss = loss + (neuron(hidden, weights[6..<9]) - Value(target)).pow(2)
  }
  return loss
}

for step in 0...200 {
  let loss = loss()
  for weight in weights { weight.grad = 0 }
  loss.backward()
  for weight in weights { weight.data -= 0.1 * weight.grad }
  if step % 50 == 0 { print("step \(step): loss \((loss.data * 1000).rounded() / 1000)") }
}
