import Checks
import ScalarGrad

for (wData, xData, bData) in [(0.5, 2.0, -0.3), (-1.0, 0.7, 0.2), (0.0, 1.0, 0.0)] {
  let (w, x, b) = (Value(wData), Value(xData), Value(bData))
  (w * x + b).tanh().backward()
  let yours = slopes(w: wData, x: xData, b: bData)
  check(
    "as the machine at w = \(wData), x = \(xData), b = \(bData)", [yours.w, yours.x, yours.b],
    near: [w.grad, x.grad, b.grad], within: 1e-12,
    hint: "Each unit of w·x + b is 1 - tanh² of the result, and w changes it by x, x by w, b by 1.")
}
