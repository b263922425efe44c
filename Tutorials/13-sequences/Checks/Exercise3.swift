import Checks
import Tensors

let h = Tensor([1.0, -1.0])
let x = Tensor([0.5])
let zero = Tensor.zeros([2, 2])
let v = Tensor([[1.0, 2.0]])
let half = gatedStep(h, x, u: zero, w: Tensor.zeros([1, 2]), v: v)
let new = (x • v).tanh()
check("a gate of one half takes the mean", half.allclose((h + new) / 2))
check(
  "a gate near 0 keeps the state",
  gatedStep(h, x, u: zero, w: Tensor.full([1, 2], -100.0), v: v).allclose(h))
check(
  "a gate near 1 takes the new one",
  gatedStep(h, x, u: zero, w: Tensor.full([1, 2], 100.0), v: v).allclose(new))
