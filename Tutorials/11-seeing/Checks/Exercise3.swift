import Checks
import Tensors

for (size, window) in [([8, 8], [3, 3]), ([5, 7], [2, 4]), ([3, 3], [3, 3])] {
  let image = Tensor.randn(size, generator: Generator(seed: 1))
  let weights = Tensor.randn(window, generator: Generator(seed: 2))
  let expected = image.reshape([1, 1] + size).conv2d(weights.reshape([1, 1] + window))[0, 0]
  let yours = convolveByProduct(image, weights)
  check("an image of \(size) and a window of \(window): the shape", yours.shape, is: expected.shape)
  check("its numbers", yours.shape == expected.shape && yours.allclose(expected, atol: 1e-5))
}
