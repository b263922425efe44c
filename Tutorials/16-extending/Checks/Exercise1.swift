import Checks
import Tensors

let x = Tensor([1.0, -2.0], requiresGrad: true)
let y = reversed(x, factor: 3)
check("forward changes nothing", y.equal(x))
check("it is recorded", y.requiresGrad)
if y.requiresGrad {
  (y * Tensor([1.0, 10.0])).sum().backward()
  check("backward turns the gradient round", x.grad!.allclose(Tensor([-3.0, -30.0])))
}
