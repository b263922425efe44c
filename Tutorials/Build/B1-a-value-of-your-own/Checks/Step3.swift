// Must fail with: 1 - y * y → 1 - y
// Must fail with: { a * b.pow(-1) } → { b * a.pow(-1) }
import Checks
import Ember
import Foundation

/// The slope of a function at x, by a nudge to both sides.
func slope(_ function: (Value) -> Value, at x: Double) -> Double {
  let h = 1e-5
  return (function(Value(x + h)).data - function(Value(x - h)).data) / (2 * h)
}

let x: Value = 0.7
check("0.7³", x.pow(3).data, near: 0.343)
check("e to the 0.7", x.exp().data, near: exp(0.7))
check("tanh 0.7", x.tanh().data, near: tanh(0.7))
for (name, function) in [
  ("x³", { $0.pow(3) }), ("1/x²", { $0.pow(-2) }), ("eˣ", { $0.exp() }), ("tanh x", { $0.tanh() }),
] as [(String, (Value) -> Value)] {
  let y = function(x)
  check(
    "\(name) has one input", y.inputs.count == 1 && y.inputs[0].value === x && !y.operation.isEmpty)
  check(
    "the derivative of \(name) is what a nudge finds", y.inputs.first?.derivative ?? .nan,
    near: slope(function, at: 0.7), within: 1e-6)
}
let y: Value = -4
check("-x", (-x).data, near: -0.7)
check("x - y", (x - y).data, near: 4.7)
check("x / y", (x / y).data, near: -0.175, hint: "x times y to the power of -1.")
check("what they are made of is remembered", (x / y).inputs.contains { $0.value === x })
