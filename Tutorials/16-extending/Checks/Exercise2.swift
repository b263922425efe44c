import Checks
import Tensors

let x = Tensor([8.0, -27.0, 0.125, 1000], dtype: .float64)
check(
  "of 8, -27, 1/8 and 1000", cubeRoot(x).scalars(as: Double.self), near: [2, -3, 0.5, 10],
  within: 1e-9)
do {
  try gradCheck([x]) { cubeRoot($0[0]) }
  check("its derivative", true)
  try gradGradCheck([x]) { cubeRoot($0[0]) }
  check("its second derivative", true)
} catch {
  check(
    "its derivatives: \(error.localizedDescription)", false,
    hint: "1 / (3 · output²), written with the output that backward is given.")
}
