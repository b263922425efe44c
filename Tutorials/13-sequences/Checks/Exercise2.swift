import Checks
import Tensors

let scores = Tensor([1.0, 2.0, 3.0])
func numbers(_ x: Tensor) -> [Double] { x.scalars(as: Float.self).map(Double.init) }
check("at 1 it is softmax", probabilities(scores, temperature: 1).allclose(scores.softmax(dim: 0)))
check(
  "at 0.5 differences count twice",
  probabilities(scores, temperature: 0.5).allclose((2 * scores).softmax(dim: 0)))
check(
  "at 1,000 all are nearly alike", numbers(probabilities(scores, temperature: 1000)),
  near: [1 / 3.0, 1 / 3.0, 1 / 3.0], within: 1e-3)
check(
  "at 0 the highest has it all", numbers(probabilities(scores, temperature: 0)), near: [0, 0, 1])
