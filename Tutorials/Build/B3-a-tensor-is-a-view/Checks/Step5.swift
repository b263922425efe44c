// Must fail with: repeating: 0, count: sizes.count → repeating: 1, count: sizes.count
// Must fail with: shape.append(sizes[0] == 1 ? sizes[1] : sizes[0]) → shape.append(sizes[0])
// Must fail with: zipped(a, b) { $0 / $1 } → zipped(b, a) { $0 / $1 }
// Must fail with: mapped { max($0, 0) } → mapped { abs($0) }
import Checks
import Ember
import Tensors

typealias Mine = Ember.Tensor
typealias Theirs = Tensors.Tensor

let row = Mine([1, 2, 3])
check("a row stretched to 4 rows", row.expand([4, 3]).strides, is: [0, 1], hint: "Stride 0.")
check("has 12 elements", row.expand([4, 3]).scalars, near: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
check("-1 keeps a size", row.expand([2, 2, -1]).shape, is: [2, 2, 3])
check("a number stretches to any shape", Mine(7).expand([2, 2]).scalars, near: [7, 7, 7, 7])

func tensor(_ shape: [Int], from start: Double) -> (Mine, Theirs) {
  let numbers = (0..<shape.reduce(1, *)).map { start + 0.37 * Double($0 % 11) }
  return (Mine(numbers, shape: shape), try! Theirs(numbers, shape: shape))
}
func compare(_ claim: String, _ mine: Mine, _ theirs: Theirs) {
  check("\(claim): shape", mine.shape, is: theirs.shape)
  check("\(claim): elements", mine.scalars, near: theirs.scalars(as: Double.self), within: 1e-12)
}
for (first, second) in [
  ([2, 3], [2, 3]), ([2, 3], [3]), ([4, 1], [3]), ([3], [2, 4, 1]), ([], [2, 2]), ([1, 3], [1]),
] {
  let ((a, c), (b, d)) = (tensor(first, from: 0.5), tensor(second, from: 1.5))
  compare("\(first) + \(second)", a + b, c + d)
  compare("\(first) - \(second)", a - b, c - d)
  compare("\(first) * \(second)", a * b, c * d)
  compare("\(first) / \(second)", a / b, c / d)
}
check("no elements and one", (Mine([], shape: [0]) + Mine([1])).shape, is: [0])
let (a, c) = tensor([3, 4], from: -1.2)
compare("a transposed operand", a.T + Mine([1, 2, 3]), c.T + Theirs([1.0, 2, 3]).to(.float64))
compare("-x", -a, -c)
compare("exp", a.exp(), c.exp())
compare("log", (a + 2).log(), (c + 2).log())
compare("tanh", a.tanh(), c.tanh())
compare("relu", a.relu(), c.relu())
compare("pow(3)", a.pow(3), c.pow(3))
