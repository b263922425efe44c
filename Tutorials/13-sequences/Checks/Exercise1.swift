import Checks
import Tensors

let counts = pairCounts([0, 1, 0, 1, 2], classes: 3)
check("a table of 3 × 3", counts.shape, is: [3, 3])
check(
  "01 twice, 10 once, 12 once", counts.flatten().scalars(as: Int64.self),
  is: [0, 2, 0, 1, 0, 1, 0, 0, 0], hint: "The row is the first character of a pair.")
check("a single character has no pairs", pairCounts([1], classes: 2).sum().item(), near: 0)
