// Must fail with: slope.data / curvature.data → 0.1 * slope.data
import Checks
import Ember
import Foundation

check(
  "a parabola takes one step", minimum(of: { ($0 - 3).pow(2) }, from: -50, steps: 1), near: 3,
  within: 1e-9)
check(
  "eˣ - 2x is lowest at log 2", minimum(of: { $0.exp() - 2 * $0 }, from: 1, steps: 6),
  near: log(2), within: 1e-9)
check(
  "x⁴ - x at the cube root of a quarter", minimum(of: { $0.pow(4) - $0 }, from: 1, steps: 8),
  near: cbrt(0.25), within: 1e-9)
check("no steps lead nowhere", minimum(of: { $0.pow(2) }, from: 1, steps: 0), near: 1)
