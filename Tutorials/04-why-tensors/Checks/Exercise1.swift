import Checks
import Tensors

let x = Tensor([[1.0, 10], [2, 30], [3, 20], [6, 60]])
let y = standardized(x)
check("the shape stays", y.shape, is: [4, 2], hint: "Take means and deviations along dim 0.")
check("each column's mean is 0", y.mean(dim: 0).abs().amax().item(), near: 0)
check(
  "each column's deviation is 1", y.std(dims: [0]).scalars(as: Float.self).map(Double.init),
  near: [1, 1], within: 1e-5)
check("the first number", y[0, 0].item(), near: (1 - 3) / 2.160246899, within: 1e-5)
