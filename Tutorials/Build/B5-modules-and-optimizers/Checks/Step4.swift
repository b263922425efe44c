// Must fail with: momentum * $0 + gradient → momentum * $0
// Must fail with: guard let gradient = parameter.grad else { continue } → let gradient = parameter.grad!
// Must fail with: for parameter in parameters { parameter.grad = nil } →
import Checks
import Ember
import NN
import Tensors

/// Trains the same small problem in both libraries, and returns the weights after each step.
func weights(_ mine: (Ember.Tensor) -> Ember.Optimizer, _ theirs: (Tensors.Tensor) -> NN.Optimizer)
  -> (yours: [[Double]], flambeaus: [[Double]])
{
  let (w, v) = (Ember.Tensor([1, -2, 3]), Tensors.Tensor([1.0, -2, 3], dtype: .float64))
  w.requiresGrad = true
  v.requiresGrad = true
  let (a, b) = (mine(w), theirs(v))
  var (yours, flambeaus): ([[Double]], [[Double]]) = ([], [])
  for step in 0..<12 {
    let goal = Double(step % 3)
    a.zeroGrad()
    b.zeroGrad()
    ((w - Ember.Tensor(goal)).pow(2) * Ember.Tensor([1, 10, 0.1])).sum().backward()
    let weights = Tensors.Tensor([1, 10, 0.1], dtype: .float64)
    ((v - goal).pow(2) * weights).sum().backward()
    a.step()
    b.step()
    yours.append(w.scalars)
    flambeaus.append(v.scalars(as: Double.self))
  }
  return (yours, flambeaus)
}
for momentum in [0, 0.9] {
  let (yours, flambeaus) = weights(
    { Ember.SGD([$0], lr: 0.03, momentum: momentum) },
    { NN.SGD([$0], lr: 0.03, momentum: momentum) })
  check(
    "momentum \(momentum): the first step", yours[0], near: flambeaus[0], within: 1e-12)
  check("momentum \(momentum): the twelfth", yours[11], near: flambeaus[11], within: 1e-12)
}
let (used, unused) = (Ember.Tensor([1]), Ember.Tensor([1]))
used.requiresGrad = true
unused.requiresGrad = true
let optimizer = Ember.SGD([used, unused], lr: 1)
(used * used).sum().backward()
optimizer.step()
check("a parameter without a gradient is left alone", used.scalars == [-1] && unused.scalars == [1])
check("changed parameters still require gradients", used.requiresGrad && used.history.count == 1)
optimizer.zeroGrad()
check("zeroGrad forgets all gradients", used.grad == nil)
