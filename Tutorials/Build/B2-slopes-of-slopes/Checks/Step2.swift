// Must fail with: return gradients[ObjectIdentifier(input)] ?? 0 → return Value((gradients[ObjectIdentifier(input)] ?? 0).data)
// Must fail with: sum ?? part → part
import Checks
import Ember
import ScalarGrad

let x: Ember.Value = 0.4
let z: ScalarGrad.Value = 0.4
check(
  "what a result does not depend on has the slope 0",
  Ember.grad(of: x.exp(), withRespectTo: Ember.Value(1)).data, near: 0)
let functions: [(String, (Ember.Value) -> Ember.Value, (ScalarGrad.Value) -> ScalarGrad.Value)] = [
  ("x³", { $0.pow(3) }, { $0 ** 3 }),
  ("x·tanh x", { $0 * $0.tanh() }, { $0 * $0.tanh() }),
  ("e to the x²", { ($0 * $0).exp() }, { ($0 * $0).exp() }),
  ("1/(1 + x²)", { 1 / (1 + $0 * $0) }, { 1 / (1 + $0 * $0) }),
]
for (name, mine, theirs) in functions {
  var (y, expected) = (mine(x), theirs(z))
  var derivatives: [[Double]] = [[], []]
  for _ in 1...3 {
    y = Ember.grad(of: y, withRespectTo: x)
    expected = ScalarGrad.grad(of: expected, withRespectTo: z)
    derivatives[0].append(y.data)
    derivatives[1].append(expected.data)
  }
  check(
    "three derivatives of \(name) are Flambeau's", derivatives[0], near: derivatives[1],
    within: 1e-9)
}
check("no grad was changed", x.grad, near: 0)
