// Must fail with: c[i * n + j] += factor * b[l * n + j] → c[i * n + j] += factor * b[j * k + l]
// Must fail with: c[i] = 0 → c[0] = 0
import CEmber
import Checks
import Tensors

func numbers(_ count: Int, _ step: Int) -> [Double] {
  (0..<count).map { Double(($0 * step) % 17) / 8 - 1 }
}
for (m, k, n) in [(1, 1, 1), (2, 3, 4), (7, 5, 3), (16, 33, 20), (3, 0, 2)] {
  let (a, b) = (numbers(m * k, 5), numbers(k * n, 7))
  var c = [Double](repeating: .nan, count: m * n)
  ember_matmul(a, b, &c, m, k, n)
  let x = try Tensors.Tensor(a, shape: [m, k])
  let y = try Tensors.Tensor(b, shape: [k, n])
  check(
    "\(m) × \(k) by \(k) × \(n)", c, near: (x • y).scalars(as: Double.self), within: 1e-12,
    hint: "c may hold anything before.")
}
