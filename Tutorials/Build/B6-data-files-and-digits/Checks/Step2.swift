// Must fail with: order.shuffle(using: &generator) → order.shuffle()
// Must fail with: guard next < order.count → guard next + batchSize < order.count
// Must fail with: if shuffle { → if !shuffle {
// Must fail with: guard next < order.count else { return nil } → _ = order.map { dataset[$0] }\n      guard next < order.count else { return nil }
import Checks
import Ember

/// Ten examples that note when they are asked for.
final class Numbers: Dataset {
  var asked: [Int] = []
  let count = 10
  subscript(index: Int) -> (x: Tensor, y: Int) {
    asked.append(index)
    return (Tensor([Double(index), 0.5]), index)
  }
}
let stacked = Tensor.stack([Tensor([[1, 2]]), Tensor([[3, 4]]), Tensor([[5, 6]])])
check("stack adds a dim on the left", stacked.shape, is: [3, 1, 2])
check("and keeps the order", stacked.scalars, near: [1, 2, 3, 4, 5, 6])

let numbers = Numbers()
let loader = DataLoader(numbers, batchSize: 4)
let batches = Array(loader)
check("ten examples are batches of 4, 4 and 2", batches.map(\.y.count), is: [4, 4, 2])
check("in order", batches.flatMap(\.y), is: Array(0..<10))
check("x is stacked", batches[2].x.shape == [2, 2] && batches[2].x.scalars == [8, 0.5, 9, 0.5])
numbers.asked = []
let iterator = loader.makeIterator()
_ = iterator.next()
check(
  "only the examples of the batch are asked for", numbers.asked, is: [0, 1, 2, 3],
  hint: "Make a batch when it is wanted.")

let shuffled = DataLoader(numbers, batchSize: 3, shuffle: true)
manualSeed(5)
let (first, second) = (shuffled.flatMap(\.y), shuffled.flatMap(\.y))
check("shuffled, each comes once", first.sorted(), is: Array(0..<10))
check("in another order", first != Array(0..<10))
check("and in another one in each epoch", first != second)
manualSeed(5)
check("the same seed gives the same", shuffled.flatMap(\.y), is: first)
