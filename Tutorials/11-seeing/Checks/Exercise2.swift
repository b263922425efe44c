import Checks
import Tensors

let image = Tensor([[1.0, 2, 5, 0], [3, 4, 1, 1], [0, 0, -1, -2], [0, 9, -3, -4]])
check("4 × 4 becomes 2 × 2", maxPool(image).shape, is: [2, 2])
check(
  "the largest of each square", maxPool(image).flatten().scalars(as: Float.self).map(Double.init),
  near: [4, 5, 9, -1],
  hint: "Reshape to [height / 2, 2, width / 2, 2]: which dims are inside a square?")
let random = Tensor.randn([6, 10], generator: Generator(seed: 0))
check(
  "as the library's", maxPool(random).equal(random.reshape(1, 1, 6, 10).maxPool2d([2, 2])[0, 0]))
