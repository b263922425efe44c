import Checks
import DataPipes
import Tensors

let windows = Windows([1, 2, 3, 4, 5], size: 2)
check(
  "five numbers have three windows of two", windows.count, is: 3,
  hint: "The last window must have a number after it.")
if windows.count == 3 {
  check(
    "the first is 1, 2 and then 3",
    windows[0].0.equal(Tensor([1.0, 2.0])) && windows[0].1.item() == 3)
  check(
    "the last is 3, 4 and then 5",
    windows[2].0.equal(Tensor([3.0, 4.0])) && windows[2].1.item() == 5)
}
check("a list that is too short has none", Windows([1, 2], size: 3).count, is: 0)
for (x, y) in DataLoader(windows, batchSize: 3) {
  check("a loader stacks them", x.shape == [3, 2] && y.shape == [3])
}
