// Must fail with: modules.reduce(x) { $1($0) } → modules.reversed().reduce(x) { $1($0) }
// Must fail with: ("\($0)", $1) → ("module\($0)", $1)
// Must fail with: { x.relu() } → { x.tanh() }
import Checks
import Ember
import NN
import Tensors

let x = Ember.Tensor([[-1, 2], [3, -4]])
check("ReLU", Ember.ReLU()(x).scalars, near: [0, 2, 3, 0])
check("Tanh", Ember.Tanh()(x).scalars, near: x.tanh().scalars)
let mine = Ember.Sequential(Ember.Linear(2, 5), Ember.ReLU(), Ember.Linear(5, 3), Ember.Tanh())
let theirs = NN.Sequential(
  NN.Linear(2, 5, dtype: .float64), NN.ReLU(), NN.Linear(5, 3, dtype: .float64), NN.Tanh())
check(
  "parameters have Flambeau's names", mine.namedParameters.map(\.name),
  is: theirs.namedParameters().map(\.key))
check(
  "and shapes", mine.namedParameters.map(\.tensor.shape), is: theirs.parameters().map(\.shape))
Tensors.noGrad {
  for (mine, theirs) in zip(mine.parameters, theirs.parameters()) {
    theirs.copy(from: try! Tensors.Tensor(mine.scalars, shape: mine.shape))
  }
}
let y = try Tensors.Tensor(x.scalars, shape: x.shape)
check(
  "with the same weights, the same outputs", mine(x).scalars,
  near: theirs(y).scalars(as: Double.self), within: 1e-12)
check(
  "a Sequential may be inside another", Ember.Sequential(mine).namedParameters.first?.name ?? "",
  is: "0.0.weight")
