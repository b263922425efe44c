// Must fail with: guard isContiguous else { return Tensor(scalars, shape: shape) }\n →
// Must fail with: $0 == -1 ? numel / max(known, 1) : $0 → abs($0)
import Checks
import Ember
import Tensors

let numbers = (0..<24).map { Double($0) }
let mine = Ember.Tensor(numbers, shape: [4, 6])
let theirs = try Tensors.Tensor(numbers, shape: [4, 6])
check("a new tensor is contiguous", mine.isContiguous)
check("its transpose is not", !mine.T.isContiguous)
check("a part of its columns is not", !mine.narrow(1, start: 0, length: 2).isContiguous)
check("some of its rows are", mine.narrow(0, start: 1, length: 2).isContiguous)
for sizes in [[24], [2, 3, 4], [3, -1], [-1, 2, 6], [1, 24, 1]] {
  let (a, b) = (mine.reshape(sizes), theirs.reshape(sizes))
  check("reshape to \(sizes)", a.shape == b.shape && a.scalars == b.scalars(as: Double.self))
}
check("two dims in a row", mine.reshape(6, -1).shape, is: [6, 4])
check(
  "a transposed one counts its own rows", mine.T.reshape(8, 3).scalars,
  near: theirs.T.reshape(8, 3).scalars(as: Double.self),
  hint: "Its elements do not lie row by row: copy them first.")
check(
  "a part of the rows keeps its offset", mine.narrow(0, start: 2, length: 2).reshape(-1).scalars,
  near: Array(numbers[12...]))
