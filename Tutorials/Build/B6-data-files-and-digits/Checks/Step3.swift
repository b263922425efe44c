// Must fail with: optimizer.zeroGrad() →
// Must fail with: $0] < scalars[$1 → $0] > scalars[$1
// Must fail with: losses.reduce(0, +) / Double(losses.count) → losses.last!
import Checks
import DataPipes
import Ember
import NN
import Tensors

final class Points: Ember.Dataset {
  let count = 40
  subscript(index: Int) -> (x: Ember.Tensor, y: Int) {
    let (a, b) = (Double(index % 8) / 4 - 1, Double(index / 8) / 2 - 1)
    return (Ember.Tensor([a, b]), a + b > 0 ? 1 : 0)
  }
}
Ember.manualSeed(1)
let loader = Ember.DataLoader(Points(), batchSize: 10)
let mine = Ember.Linear(2, 2)
let theirs = NN.Linear(2, 2, dtype: .float64)
Tensors.noGrad {
  for (mine, theirs) in zip(mine.parameters, theirs.parameters()) {
    theirs.copy(from: try! Tensors.Tensor(mine.scalars, shape: mine.shape))
  }
}
let optimizer = NN.SGD(theirs.parameters(), lr: 0.5)
var losses: [Double] = []
for (x, y) in loader {
  let loss = crossEntropy(theirs(try Tensors.Tensor(x.scalars, shape: x.shape)), Tensors.Tensor(y))
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  losses.append(loss.item())
}
let loss = train(mine, on: loader, with: Ember.SGD(mine.parameters, lr: 0.5))
check("the mean loss of an epoch is Flambeau's", loss, near: losses.reduce(0, +) / 4, within: 1e-9)
check(
  "the weights afterwards too", mine.weight.scalars,
  near: theirs.weight.scalars(as: Double.self), within: 1e-9)
for _ in 1...50 { _ = train(mine, on: loader, with: Ember.SGD(mine.parameters, lr: 0.5)) }
let share = accuracy(mine, on: loader)
check("after fifty epochs it tells the points apart", share > 0.9, hint: "\(share)")

Ember.manualSeed(2)
let model = Ember.Sequential(Ember.Linear(64, 128), Ember.ReLU(), Ember.Linear(128, 10))
let adam = Ember.Adam(model.parameters, lr: 0.003)
let training = Ember.DataLoader(
  try Ember.Digits(contentsOf: "train.csv"), batchSize: 32, shuffle: true)
for _ in 1...12 { _ = train(model, on: training, with: adam) }
// Tested on Flambeau's own copy of the test images.
let test = DataPipes.Digits.test
let outputs = model(
  Ember.Tensor(test.inputs.scalars(as: Double.self).map { $0 / 16 }, shape: [test.count, 64]))
let answers = try Tensors.Tensor(outputs.scalars, shape: outputs.shape).argmax(dim: 1)
let right = (answers .== test.targets).sum().item(as: Int.self)
let percent = (1000 * Double(right) / Double(test.count)).rounded() / 10
check("it reads more than 95 % of strangers' digits (\(percent) %)", percent > 95)
