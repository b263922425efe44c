// Must fail with: input.value.grad += → input.value.grad =
// Must fail with: where !value.inputs.isEmpty →
// Must fail with: for value in history where !value.inputs.isEmpty { value.grad = 0 } →
import Checks
import Ember
import ScalarGrad

let x: Ember.Value = 3
(x * x + 2 * x).backward()
check("x² + 2x at 3 has the slope 8", x.grad, near: 8, hint: "Add to grad, since x is used twice.")
(x * x).backward()
check("gradients of given values add up", x.grad, near: 14)

/// The same expression in both libraries: operations chosen by a fixed pattern.
let numbers = [0.5, -1.2, 2, 0.3]
var mine = numbers.map { Ember.Value($0) }
var theirs = numbers.map { ScalarGrad.Value($0) }
for step in 0..<60 {
  let (a, b) = (step * 7 % mine.count, step * 3 % mine.count)
  switch step % 5 {
  case 0:
    mine.append(mine[a] + mine[b])
    theirs.append(theirs[a] + theirs[b])
  case 1:
    mine.append((mine[a] * mine[b]).tanh())
    theirs.append((theirs[a] * theirs[b]).tanh())
  case 2:
    mine.append((mine[a].tanh() - 1).exp())
    theirs.append((theirs[a].tanh() - 1).exp())
  case 3:
    mine.append(mine[a] / (mine[b].pow(2) + 1))
    theirs.append(theirs[a] / (theirs[b] ** 2 + 1))
  default:
    mine.append(-mine[a] - mine[b])
    theirs.append(-theirs[a] - theirs[b])
  }
}
let result = mine.suffix(20).reduce(Ember.Value(0)) { $0 + $1 }
let expected = theirs.suffix(20).reduce(ScalarGrad.Value(0)) { $0 + $1 }
check("60 operations give Flambeau's number", result.data, near: expected.data, within: 1e-12)
expected.backward()
result.backward()
check(
  "and its gradients", mine.prefix(4).map(\.grad), near: theirs.prefix(4).map(\.grad),
  within: 1e-12)
for value in mine.prefix(4) { value.grad = 0 }
result.backward()
check(
  "a second walk gives the same", mine.prefix(4).map(\.grad), near: theirs.prefix(4).map(\.grad),
  within: 1e-12, hint: "Values with inputs begin at 0 again.")
check("the result's own gradient is 1", result.grad, near: 1)
