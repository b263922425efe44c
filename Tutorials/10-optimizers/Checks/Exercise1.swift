import Checks
import Tensors

let a = Tensor([1.0, 2.0], requiresGrad: true)
let b = Tensor([3.0], requiresGrad: true)
let c = Tensor([4.0], requiresGrad: true)
(a * Tensor([3.0, 0.0])).sum().backward()
(b * 4).sum().backward()
check("the length of 3, 0 and 4 is 5", clip([a, b, c], to: 10), near: 5)
check(
  "what is short enough stays", a.grad!.equal(Tensor([3.0, 0.0])) && b.grad!.equal(Tensor([4.0])))
check("a tensor without a gradient has none afterwards", c.grad == nil)
check("it returns the length from before", clip([a, b, c], to: 1), near: 5)
check(
  "scaled to a length of 1",
  a.grad!.allclose(Tensor([0.6, 0.0])) && b.grad!.allclose(Tensor([0.8])),
  hint: "All gradients are scaled by the same factor, limit / length.")
