import Checks

for number in [1.0, 2, 4, 9, 0.5, 10] {
  check(
    "the root of \(number)", squareRoot(of: number), near: number.squareRoot(), within: 1e-6,
    hint: "If it is nan, the steps are too large; if it is merely not there yet, too small.")
}
