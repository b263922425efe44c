import Ember
import Foundation

let x = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
let targets = [0, 1, 1, 0]

/// Numbers between -1 and 1 that look random enough to begin with.
func wave(_ shape: [Int]) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map { sin(Double(7 * $0 + 3)) }, shape: shape)
}
let parameters = [wave([8, 2]), wave([8]), wave([2, 8]), wave([2])]
for parameter in parameters { parameter.requiresGrad = true }

func network(_ x: Tensor) -> Tensor {
  let hidden = (x.matmul(parameters[0].T) + parameters[1]).tanh()
  return hidden.matmul(parameters[2].T) + parameters[3]
}

for step in 0...100 {
  let loss = network(x).crossEntropy(targets)
  if step % 25 == 0 { print("step \(step): loss \((loss.scalars[0] * 1000).rounded() / 1000)") }
  for parameter in parameters { parameter.grad = nil }
  loss.backward()
  noGrad {
    for parameter in parameters { parameter.assign(parameter - 0.5 * parameter.grad!) }
  }
}
print(network(x).softmax(dim: 1).scalars.map { ($0 * 100).rounded() / 100 })

let w = parameters[0]
func lossAfter(nudge h: Double) -> Double {
  let nudged = w.scalars.enumerated().map { $0 == 3 ? $1 + h : $1 }
  let kept = w.scalars
  w.assign(Tensor(nudged, shape: w.shape))
  defer { w.assign(Tensor(kept, shape: w.shape)) }
  return network(x).crossEntropy(targets).scalars[0]
}
for parameter in parameters { parameter.grad = nil }
network(x).crossEntropy(targets).backward()
let nudged = (lossAfter(nudge: 1e-5) - lossAfter(nudge: -1e-5)) / 2e-5
print(abs(nudged - w.grad!.scalars[3]) < 1e-9 ? "The nudge agrees." : "They differ.")
