// Must fail with: 0.999 * v + 0.001 * gradient * gradient → 0.999 * v + 0.001 * gradient
// Must fail with: steps += 1 → steps = 1
// Must fail with: let mean = m / Tensor(1 - Foundation.pow(0.9, Double(steps))) → let mean = m
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
for lr in [0.001, 0.1] {
  let (yours, flambeaus) = weights({ Ember.Adam([$0], lr: lr) }, { NN.Adam([$0], lr: lr) })
  check("lr \(lr): the first step", yours[0], near: flambeaus[0], within: 1e-9)
  check("lr \(lr): the second", yours[1], near: flambeaus[1], within: 1e-9)
  check("lr \(lr): the twelfth", yours[11], near: flambeaus[11], within: 1e-9)
}
