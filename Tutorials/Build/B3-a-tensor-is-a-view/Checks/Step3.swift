// Must fail with: strides: dims.map { strides[$0] } → strides: Tensor.rowByRow(dims.map { shape[$0] })
// Must fail with: offset: offset + start * strides[dim] → offset: offset + start
// Must fail with: dim < 0 ? dim + ndim : dim → abs(dim)
import Checks
import Ember
import Tensors

let numbers = (0..<24).map { Double($0) }
let mine = Ember.Tensor(numbers, shape: [2, 3, 4])
let theirs = try Tensors.Tensor(numbers, shape: [2, 3, 4])

func compare(_ claim: String, _ yours: Ember.Tensor, _ flambeaus: Tensors.Tensor) {
  check("\(claim): shape", yours.shape, is: flambeaus.shape)
  check("\(claim): elements", yours.scalars, near: flambeaus.scalars(as: Double.self))
  check("\(claim): strides", yours.strides, is: flambeaus.strides, hint: "It must not copy.")
}
compare("permute(2, 0, 1)", mine.permute(2, 0, 1), theirs.permute(2, 0, 1))
compare("permute(-1, 1, 0)", mine.permute(-1, 1, 0), theirs.permute(-1, 1, 0))
compare("transpose(0, -1)", mine.transpose(0, -1), theirs.transpose(0, -1))
compare(
  "narrow(1, start: 1, length: 2)", mine.narrow(1, start: 1, length: 2),
  theirs.narrow(1, start: 1, length: 2))
compare(
  "one view of another", mine.transpose(0, 2).narrow(-2, start: 2, length: 1).permute(1, 2, 0),
  theirs.transpose(0, 2).narrow(-2, start: 2, length: 1).permute(1, 2, 0))
let matrix = Ember.Tensor([[1, 2, 3], [4, 5, 6]])
check("T of a matrix", matrix.T.scalars, near: [1, 4, 2, 5, 3, 6])
check("element (2, 1) of it", matrix.T[2, 1], near: 6)
