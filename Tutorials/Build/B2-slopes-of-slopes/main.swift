import Ember
import GraphvizRendering

let x = Value(2, label: "x")
var y = x.pow(4)
for order in 0...5 {
  print("derivative \(order): \(y.data)")
  y = grad(of: y, withRespectTo: x)
}

try grad(of: x.tanh(), withRespectTo: x).graph().render(to: "slope.svg")

import Foundation

func valley(_ x: Value) -> Value { x.exp() - 2 * x }

var place = 2.0
for step in 1...5 {
  let x = Value(place)
  valley(x).backward()
  place -= 0.1 * x.grad
  let downhill = abs(place - log(2))
  let newton = abs(minimum(of: valley, from: 2, steps: step) - log(2))
  print(String(format: "step %d: off by %.6f downhill, %.6f with Newton", step, downhill, newton))
}
