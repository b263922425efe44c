import Checks
import Devices
import Tensors

let x = Tensor([[[1.0, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]])
check("a number alone", Double(sum(Tensor(3.5).view)), near: 3.5)
check("three dims", Double(sum(x.view)), near: 78)
check("turned over", Double(sum(x.permute(2, 0, 1).view)), near: 78)
check(
  "every second of a row, from the second", Double(sum(x[0, .all, 1].view)), near: 12,
  hint: "Walk by the strides; the pointer already points at the view's first number.")
check("one number used for many", Double(sum(Tensor([2.0]).expand([5]).view)), near: 10)
check("nothing", Double(sum(Tensor.zeros([0, 3]).view)), near: 0)
