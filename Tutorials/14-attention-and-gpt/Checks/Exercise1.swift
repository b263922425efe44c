import Checks
import Tensors

for (n, m, d) in [(5, 5, 4), (2, 7, 3), (1, 1, 1)] {
  let q = Tensor.randn([n, d], generator: Generator(seed: 1))
  let k = Tensor.randn([m, d], generator: Generator(seed: 2))
  let v = Tensor.randn([m, d], generator: Generator(seed: 3))
  let yours = attend(q, k, v)
  check("\(n) queries and \(m) keys: the shape", yours.shape, is: [n, d])
  check(
    "its numbers", yours.allclose(q.scaledDotProductAttention(k, v), atol: 1e-5),
    hint: "Divide by the root of d, and let each row of shares sum to one.")
}
