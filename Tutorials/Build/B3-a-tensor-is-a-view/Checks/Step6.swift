// Must fail with: permute(kept + dims).scalars → scalars
// Must fail with: keepDim ? keptShape : kept.map { shape[$0] } → keptShape
// Must fail with: from: -.infinity, max → from: 0, max
// Must fail with: a[i * k + l] * b[l * n + j] → a[i * k + l] * b[j * k + l]
import Checks
import Ember
import Tensors

let numbers = (0..<24).map { Double(($0 * 7) % 24) - 30 }
let mine = Ember.Tensor(numbers, shape: [2, 3, 4])
let theirs = try Tensors.Tensor(numbers, shape: [2, 3, 4])

func compare(_ claim: String, _ mine: Ember.Tensor, _ theirs: Tensors.Tensor) {
  check("\(claim): shape", mine.shape, is: theirs.shape)
  check("\(claim): elements", mine.scalars, near: theirs.scalars(as: Double.self), within: 1e-12)
}
for dims in [[0], [1], [2], [0, 2], [-1], [0, 1, 2]] {
  compare("sum over \(dims)", mine.sum(dims: dims), theirs.sum(dims: dims))
  compare(
    "sum over \(dims), kept", mine.sum(dims: dims, keepDim: true),
    theirs.sum(dims: dims, keepDim: true))
}
compare("sum of all", mine.sum(), theirs.sum())
compare("mean", mine.mean(), theirs.mean())
compare(
  "maximum over dim 1", mine.maximum(dims: [1], keepDim: true),
  theirs.max(dim: 1, keepDim: true).values)
compare("sum of a transposed one", mine.transpose(0, 2).sum(dims: [0]), theirs.sum(dims: [2]).T)

let (a, b) = (mine.reshape(6, 4), mine.reshape(4, 6) + 3)
let (c, d) = (theirs.reshape(6, 4), theirs.reshape(4, 6) + 3)
compare("(6, 4) by (4, 6)", a.matmul(b), c.matmul(d))
compare("(4, 6) by (6, 4)", b.matmul(a), d.matmul(c))
compare("two transposed ones", a.T.matmul(b.T), c.T.matmul(d.T))
