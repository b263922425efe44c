import Checks
import Tensors

let a = Tensor([[0.0, 0], [3, 4]])
let b = Tensor([[0.0, 0], [6, 8], [3, 0]])
let d = distances(a, b)
check(
  "2 points to 3 points are a 2 × 3 matrix", d.shape, is: [2, 3],
  hint: "Give a a dim of size 1 in the middle, and sum over the last dim.")
check(
  "the distances", d.flatten().scalars(as: Float.self).map(Double.init),
  near: [0, 10, 3, 5, 5, 4], within: 1e-6)
check("in three dims", distances(Tensor([[1.0, 2, 2]]), Tensor([[0.0, 0, 0]])).item(), near: 3)
