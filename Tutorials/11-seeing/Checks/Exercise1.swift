import Checks
import Tensors

for (size, kernel, padding, stride) in [
  (8, 3, 0, 1), (8, 3, 1, 1), (8, 2, 0, 2), (9, 3, 1, 2), (28, 5, 2, 3),
] {
  let image = Tensor.zeros([1, 1, size, size])
  let expected = image.conv2d(
    Tensor.zeros([1, 1, kernel, kernel]), stride: [stride, stride], padding: [padding, padding])
  check(
    "\(size) points, a window of \(kernel), padding \(padding), stride \(stride)",
    outputSize(size, kernel: kernel, padding: padding, stride: stride), is: expected.shape[2])
}
