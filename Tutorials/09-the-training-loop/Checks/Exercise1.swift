import Checks
import Tensors

let logits = Tensor([[1.0, 2.0, 0.0], [3.0, 1.0, 1.0], [0.0, 0.0, 9.0], [0.5, 0.2, 0.1]])
check("three of four", share(of: logits, right: Tensor([1, 0, 2, 2])), near: 0.75)
check("none", share(of: logits, right: Tensor([0, 1, 0, 1])), near: 0)
check("all", share(of: logits, right: Tensor([1, 0, 2, 0])), near: 1)
