// Must fail with: { y in [1 - y * y] } → { y in [1 - y] }
// Must fail with: [Value(exponent) * self.pow(exponent - 1)] → [self.pow(exponent - 1)]
import Checks
import Ember
import ScalarGrad

let (a, b) = (Ember.Value(0.6), Ember.Value(-1.5))
check("inputs are as before", (a * b).inputs.map(\.derivative), near: [-1.5, 0.6])
check("they are the same objects", (a * b).inputs.first?.value === a)

let (c, d) = (ScalarGrad.Value(0.6), ScalarGrad.Value(-1.5))
let mine = (a * b).tanh() + a.pow(3) / b - (a + b).exp()
let theirs = (c * d).tanh() + c ** 3 / d - (c + d).exp()
mine.backward()
theirs.backward()
check("the number is as before", mine.data, near: theirs.data, within: 1e-12)
check("backward still works", [a.grad, b.grad], near: [c.grad, d.grad], within: 1e-12)

weak var forgotten: Ember.Value?
do {
  let y = a.exp() * a.tanh()
  y.backward()
  forgotten = y
}
weak var inner: Ember.Value?
do {
  let y = a.tanh()
  inner = y
  (y * y.exp()).backward()
}
check(
  "what nobody uses is freed", forgotten == nil && inner == nil,
  hint: "A rule must not capture the result; it gets it as its argument.")
