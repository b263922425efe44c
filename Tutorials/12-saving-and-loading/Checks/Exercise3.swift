import Checks
import Tensors

let a: StateDict = ["w": Tensor([1.0, 2.0]), "b": Tensor([0.0])]
let b: StateDict = ["w": Tensor([3.0, 6.0]), "b": Tensor([1.0])]
let mean = average([a, b])
check("the names", Array(mean.keys), is: ["w", "b"])
check(
  "the mean of two",
  mean["w"]?.allclose(Tensor([2.0, 4.0])) == true && mean["b"]?.allclose(Tensor([0.5])) == true)
check("of one it is that one", average([a])["w"]?.allclose(Tensor([1.0, 2.0])) == true)
check("the originals stay", a["w"]!.equal(Tensor([1.0, 2.0])))
