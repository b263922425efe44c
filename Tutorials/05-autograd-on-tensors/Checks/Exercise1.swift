import Checks
import Tensors

for (n, d) in [(4, 2), (7, 3), (1, 1)] {
  let x = Tensor.randn([n, d], generator: Generator(seed: 1))
  let y = Tensor.randn([n, 1], generator: Generator(seed: 2))
  let w = Tensor.randn([d, 1], generator: Generator(seed: 3))
  w.requiresGrad = true
  (x • w - y).square().mean().backward()
  let yours = gradientByHand(x: x, w: w, y: y)
  check("\(n) points of \(d): the shape is w's", yours.shape, is: w.shape)
  check(
    "\(n) points of \(d): as autograd says",
    yours.shape == w.shape && yours.allclose(w.grad!, atol: 1e-5),
    hint: "xᵀ • 2 (x • w - y), divided by the number of points.")
}
