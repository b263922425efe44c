import Checks
import Tensors

let x = Tensor([0.2, 1.7, -2.6], requiresGrad: true)
let y = roundStraightThrough(x)
check("forward rounds", y.allclose(Tensor([0.0, 2, -3])))
check("it is recorded", y.requiresGrad, hint: "x itself must be a part of the result.")
if y.requiresGrad {
  (y * Tensor([1.0, 10, 100])).sum().backward()
  check(
    "the gradient passes unchanged", x.grad!.allclose(Tensor([1.0, 10, 100])),
    hint: "Only what is added to x may be detached.")
}
