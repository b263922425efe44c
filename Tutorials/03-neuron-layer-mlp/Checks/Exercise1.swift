import Checks
import Foundation
import ScalarGrad

let y = smoothNeuron([1, 2], weights: [0.5, -1], bias: 0.25)
check("tanh(0.5 - 2 + 0.25)", y.data, near: tanh(-1.25), within: 1e-12)
check(
  "without inputs it is tanh of the bias", smoothNeuron([], weights: [], bias: 1).data,
  near: tanh(1))
let weight = Value(0.3)
smoothNeuron([2], weights: [weight], bias: 0).backward()
check(
  "its weight gets a gradient", weight.grad, near: 2 * (1 - tanh(0.6) * tanh(0.6)), within: 1e-12,
  hint: "Compute with the values, not with their data.")
