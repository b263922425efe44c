import Checks
import NN

let target = Tensor([1.0, -2.0])
let parameter = Tensor([3.0, 3.0], requiresGrad: true)
let optimizer = SGD([parameter], lr: 0.1, momentum: 0.9, nesterov: true)
var yours = Tensor([3.0, 3.0])
var velocity = Tensor.zeros([2])
var same = true
for _ in 1...5 {
  let gradient = 2 * (yours - target)
  yours = nesterovStep(yours, gradient: gradient, velocity: &velocity, lr: 0.1, momentum: 0.9)
  optimizer.zeroGrad()
  (parameter - target).square().sum().backward()
  optimizer.step()
  same = same && yours.allclose(parameter.detach(), rtol: 1e-4, atol: 1e-5)
}
check(
  "five steps as SGD's", same,
  hint: "First the velocity, then the step along gradient + momentum * velocity.")
check("the velocity has changed", velocity.abs().sum().item() > 0)
