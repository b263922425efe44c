// Must fail with: let shifted = self - maximum(dims: [dim], keepDim: true) → let shifted = self
// Must fail with: shifted.exp().sum(dims: [dim], keepDim: true).log() → shifted.exp().sum().log()
// Must fail with: $0 == target ? 1 : 0 → $0 == 0 ? 1 : 0
// Must fail with: / Tensor(Double(shape[0])) →
import Checks
import Ember
import NN
import Tensors

let numbers: [Double] = [1, -2, 0.5, 3, 0, -1, 1000, 999, 990]
let mine = Ember.Tensor(numbers, shape: [3, 3])
let theirs = try Tensors.Tensor(numbers, shape: [3, 3])
mine.requiresGrad = true
theirs.requiresGrad = true
check(
  "logSoftmax", mine.logSoftmax(dim: 1).scalars,
  near: theirs.logSoftmax(dim: 1).scalars(as: Double.self), within: 1e-12,
  hint: "If it is nan, subtract the largest first.")
check(
  "along dim 0", mine.logSoftmax(dim: 0).scalars,
  near: theirs.logSoftmax(dim: 0).scalars(as: Double.self), within: 1e-12)
check(
  "softmax", mine.softmax(dim: -1).scalars,
  near: theirs.softmax(dim: -1).scalars(as: Double.self), within: 1e-12)
let loss = mine.crossEntropy([2, 0, 1])
let expected = crossEntropy(theirs, Tensors.Tensor([2, 0, 1]))
check("cross entropy", loss.scalars, near: [expected.item()], within: 1e-12)
loss.backward()
expected.backward()
check(
  "its gradient", mine.grad?.scalars ?? [], near: theirs.grad!.scalars(as: Double.self),
  within: 1e-12)
check(
  "its gradient is (p - one-hot)/3", mine.grad?[0, 2] ?? 0,
  near: (mine.softmax(dim: 1)[0, 2] - 1) / 3)
