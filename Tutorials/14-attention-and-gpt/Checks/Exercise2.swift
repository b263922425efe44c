import Checks
import Tensors

let mask = windowMask(4, window: 2)
check("bools of [4, 4]", mask.shape == [4, 4] && mask.dtype == .bool)
check(
  "itself and one before", mask.to(.int64).flatten().scalars(as: Int64.self),
  is: [1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1])
check("a window of 1 is the diagonal", windowMask(3, window: 1).to(.float32).equal(Tensor.eye(3)))
check(
  "a long one hides only what is later",
  windowMask(3, window: 9).to(.float32).equal(Tensor.ones([3, 3]).tril()))
