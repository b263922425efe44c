import Checks
import Tensors

let x = Tensor([3.0, 4.0], requiresGrad: true)
let length = gradientLength(of: { $0.square().sum() / 2 }, at: x)
check("half the sum of squares has the gradient x, of length 5", length.item(), near: 5)
check(
  "it can be differentiated", length.requiresGrad,
  hint: "Ask grad(of:withRespectTo:) to create a graph.")
if length.requiresGrad {
  let slope = grad(of: length, withRespectTo: x)
  check("its own gradient is x / 5", slope.allclose(Tensor([0.6, 0.8])))
}
