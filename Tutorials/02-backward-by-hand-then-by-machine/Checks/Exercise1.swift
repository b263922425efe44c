import Checks
import Foundation

check("x² at 3 has the slope 6", slope(of: { $0 * $0 }, at: 3), near: 6, within: 1e-5)
check("eˣ at 0 has the slope 1", slope(of: exp, at: 0), near: 1, within: 1e-5)
check("sin at 1 has the slope cos 1", slope(of: sin, at: 1), near: cos(1), within: 1e-6)
check(
  "x³ at 10 is right to eight digits", slope(of: { $0 * $0 * $0 }, at: 10), near: 300, within: 1e-9,
  hint: "Nudge to both sides: f(x + h) - f(x - h), over 2h.")
