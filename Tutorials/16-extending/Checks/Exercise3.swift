import Checks
import Tensors

let a = Tensor([3.0, -5.0], dtype: .float64)
let b = Tensor([4.0, 12.0], dtype: .float64)
check("3 and 4, 5 and 12", hypotenuse(a, b).scalars(as: Double.self), near: [5, 13])
do {
  try gradCheck([a, b]) { hypotenuse($0[0], $0[1]) }
  check("both derivatives", true)
} catch {
  check(
    "the derivatives: \(error.localizedDescription)", false,
    hint: "One for each input, in their order.")
}
