// Must fail with: guard isRecording, inputs → guard inputs
// Must fail with: isRecording = before → isRecording = true
// Must fail with:     requiresGrad = true\n →
import Checks
import Ember

let x = Tensor([1, 2, 3])
check("a new tensor requires no gradient", !x.requiresGrad && x.grad == nil)

/// Twice x, as an operation of the check's own.
func doubled(_ x: Tensor) -> Tensor {
  Tensor(x.scalars.map { 2 * $0 }, shape: x.shape).recorded(from: x) { g, _ in [g + g] }
}
check("what is computed from it requires none", !doubled(x).requiresGrad)
let w = Tensor([1, 2, 3])
w.requiresGrad = true
let y = doubled(w)
check("what is computed from one that does requires one", y.requiresGrad)
check("the result is the same", y.scalars, near: [2, 4, 6])
check("in noGrad nothing is recorded", noGrad { !doubled(w).requiresGrad })
let inner = noGrad {
  noGrad {}
  return doubled(w).requiresGrad
}
check("nor after a noGrad inside it", !inner, hint: "Put back what was before, not true.")
check("afterwards it is again", doubled(w).requiresGrad)
struct Failure: Error {}
try? noGrad { throw Failure() }
check("even if the closure has thrown", doubled(w).requiresGrad, hint: "Use defer.")
weak var forgotten: Tensor?
do { forgotten = doubled(w) }
check("what nobody uses is freed", forgotten == nil)
