// Must fail with: &product, m, k, n) → &product, n, k, m)
// Must fail with: ember_matmul(scalars, other.scalars → ember_matmul(storage.scalars, other.storage.scalars
// Must fail with: [g.matmul(other.T), self.T.matmul(g)] → [g.matmul(other.T), self.T.matmul(g) * 2]
import Checks
import Ember
import Tensors

let numbers = (0..<48).map { Double(($0 * 5) % 17) / 8 - 1 }
let (a, b) = (Ember.Tensor(numbers, shape: [12, 4]), Ember.Tensor(numbers, shape: [4, 12]))
let (c, d) = (
  try Tensors.Tensor(numbers, shape: [12, 4]), try Tensors.Tensor(numbers, shape: [4, 12])
)
for tensor in [a, b] { tensor.requiresGrad = true }
for tensor in [c, d] { tensor.requiresGrad = true }
func compare(_ claim: String, _ yours: Ember.Tensor, _ flambeaus: Tensors.Tensor) {
  check(claim, yours.scalars, near: flambeaus.scalars(as: Double.self), within: 1e-12)
}
compare("12 × 4 by 4 × 12", a.matmul(b), c • d)
compare("two transposed ones", b.T.matmul(a.T), d.T • c.T)
compare(
  "a part of one", a.narrow(0, start: 3, length: 2).matmul(b),
  c.narrow(0, start: 3, length: 2) • d)
a.matmul(b).tanh().sum().backward()
(c • d).tanh().sum().backward()
check("gradient 1", a.grad!.scalars, near: c.grad!.scalars(as: Double.self), within: 1e-12)
check("gradient 2", b.grad!.scalars, near: d.grad!.scalars(as: Double.self), within: 1e-12)
