check(
  "the last batch is smaller", DataLoader(squares, batchSize: 4).map { $0.0.numel }, is: [4, 4, 2])
let order = loader.map { x, _ in x.scalars(as: Double.self) }
check("each epoch has a new order", order != loader.map { x, _ in x.scalars(as: Double.self) })
let amounts = train.targets.bincount().scalars(as: Double.self)
check("no digit is rare", amounts.min()! > 0.9 * amounts.max()!)
check(
  "the validation set has none of the training set's examples",
  Set(parts[0].indices).isDisjoint(with: parts[1].indices))
check("the model never sees the same picture twice", !(try tilted[7].0.equal(tilted[7].0)))
func waited(_ workers: Int) -> Double {
  waiting(DataLoader(part, batchSize: 8, numWorkers: workers)).waited
}
check("a worker makes the next batch during the step", waited(1) < 0.8 * waited(0))
check("two keep up", waited(2) < waited(1))
