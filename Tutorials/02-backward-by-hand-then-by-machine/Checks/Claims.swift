func growth(sum: Double = 4, f: Double = -2) -> Double { sum * f - 4 * -2 }
check("one more of sum is f more of the result", growth(sum: 5), near: -2)
check("one more of f is sum more of the result", growth(f: -1), near: 4)
check("the nudge has found a's gradient", slope, near: a.grad, within: 1e-3)
check("a's is b times product's", a.grad, near: b.data * -2)
check("what is handed on is the gradient times the number", recording.text.contains("= f = -2"))
check("2x + 2 at 3", x.grad, near: 2 * x.data + 2)
check("3z² and 6z at 2", [first.data, second.data], near: [3 * 4, 6 * 2])
check("w is all but 1", abs(w.data - 1) < 0.01)
func cube(_ x: Double) -> Double { x * x * x }
let oneSided = (cube(2 + h) - cube(2)) / h - 12
let bothSided = (cube(2 + h) - cube(2 - h)) / (2 * h) - 12
check("a nudge to both sides errs much less", abs(bothSided) < abs(oneSided) / 1000)
