// Must fail with: if isContiguous { return → if true { return
// Must fail with: storage.scalars[offset..<offset + numel] → storage.scalars[..<numel]
// Must fail with: if isContiguous { return Array(storage.scalars[offset..<offset + numel]) }\n →
import Checks
import Ember

let x = Tensor((0..<24).map { Double($0) }, shape: [2, 3, 4])
check("row by row", x.scalars, near: (0..<24).map { Double($0) })
check("a later part", x.narrow(0, start: 1, length: 1).scalars, near: (12..<24).map { Double($0) })
check(
  "a part of the columns", x.narrow(2, start: 1, length: 1).scalars, near: [1, 5, 9, 13, 17, 21])
check(
  "transposed", x.permute(2, 1, 0).reshape(-1).narrow(0, start: 0, length: 4).scalars,
  near: [0, 12, 4, 16])
check("stretched", Tensor([1, 2]).expand([3, 2]).scalars, near: [1, 2, 1, 2, 1, 2])
check("empty", Tensor([], shape: [0, 2]).scalars, is: [])
let kept = x.scalars
x.assign(x + 1)
check("it is a copy", kept[0], near: 0)

/// The shortest of several times, in microseconds.
func microseconds(_ body: () -> Void) -> Int {
  let clock = ContinuousClock()
  return (0..<20).map { _ in Int(clock.measure(body).components.attoseconds / 1_000_000_000_000) }
    .min()!
}
let matrix = Tensor.uniform([400, 400], from: 0, to: 1)
let (fast, slow) = (
  microseconds { _ = matrix.scalars }, microseconds { _ = matrix.T.scalars }
)
check(
  "160,000 contiguous elements take less than half of what transposed ones do", fast < slow / 2,
  hint: "\(fast) µs and \(slow) µs")
