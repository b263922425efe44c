import Checks
import Tensors

for (n, size) in [(8, 4), (10, 4), (7, 16), (5, 1)] {
  let a = (0..<n * n).map { Float($0 % 7) - 3 }
  let b = (0..<n * n).map { Float($0 % 5) - 2 }
  let expected = Tensor(a).reshape(n, n) • Tensor(b).reshape(n, n)
  check(
    "\(n) × \(n) in blocks of \(size)",
    blockedProduct(a, b, n: n, size: size) == expected.flatten().scalars(as: Float.self),
    hint: "Each block of the result is a sum over the middle blocks; do not overwrite, add.")
}
