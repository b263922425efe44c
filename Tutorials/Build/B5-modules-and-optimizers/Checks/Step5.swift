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

// A parameter whose gradients begin later has its own count of steps.
let early = Ember.Tensor([1])
let late = Ember.Tensor([1])
let (theirEarly, theirLate) = (
  Tensors.Tensor([1.0], dtype: .float64), Tensors.Tensor([1.0], dtype: .float64)
)
for tensor in [early, late] { tensor.requiresGrad = true }
for tensor in [theirEarly, theirLate] { tensor.requiresGrad = true }
let mine = Ember.Adam([early, late], lr: 0.1)
let theirs = NN.Adam([theirEarly, theirLate], lr: 0.1)
for step in 0..<6 {
  mine.zeroGrad()
  theirs.zeroGrad()
  (early * early).sum().backward()
  (theirEarly * theirEarly).sum().backward()
  if step > 2 {
    (late * late).sum().backward()
    (theirLate * theirLate).sum().backward()
  }
  mine.step()
  theirs.step()
}
check(
  "each parameter has its own count of steps", late.scalars,
  near: theirLate.scalars(as: Double.self), within: 1e-9)
