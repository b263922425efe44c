import Checks
import DataPipes
import Tensors

for (count, size, dropLast) in [
  (10, 4, false), (10, 4, true), (8, 4, false), (8, 4, true), (3, 5, true), (0, 5, false),
] {
  let loader = DataLoader(
    TensorDataset(Tensor.zeros([count])), batchSize: size, dropLast: dropLast)
  check(
    "\(count) examples in batches of \(size)\(dropLast ? ", the rest dropped" : "")",
    batchCount(count, batchSize: size, dropLast: dropLast), is: loader.count)
}
