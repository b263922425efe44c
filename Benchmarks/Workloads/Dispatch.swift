import NN
import Tensors

extension Workload {
  /// The smallest operations, whose time is overhead rather than arithmetic.
  static let dispatch: [Workload] =
    [false, true].map { requiresGrad in
      let name = requiresGrad ? "a + b on 4 floats, with gradients" : "a + b on 4 floats"
      return Workload(name, tolerance: 0) { device in
        let a = Tensor([1.0, 2, 3, 4], device: device, requiresGrad: requiresGrad)
        let b = Tensor([5.0, 6, 7, 8], device: device, requiresGrad: requiresGrad)
        return { count in
          var sum = a
          for _ in 0..<count { sum = a + b }
          return sum.scalars()
        }
      }
    } + [
      unbounded("exp, 4 floats", of: normal([4])) { $0[0].exp() },
      unbounded("a + 1, 4 floats", of: normal([4])) { $0[0] + 1 },
      unbounded("sum, 4 floats", of: normal([4])) { $0[0].sum() },
      unbounded("softmax, 4 floats", of: normal([4])) { $0[0].softmax(dim: 0) },
      unbounded("matmul, 4×4", of: normal([4, 4], [4, 4])) { $0[0] • $0[1] },
      unbounded("row of a matrix, 4×4", of: normal([4, 4])) { $0[0][1] },
      unbounded("reshape, 4 floats", of: normal([4])) { $0[0].reshape(2, 2) },
      unbounded("cat, 4 floats and 4", of: normal([4], [4])) { .cat($0) },
      unbounded("rows by index, 2 of 4×4", of: { [.randn([4, 4]), Tensor([0, 2])] }) {
        $0[0][$0[1]]
      },
      unbounded("where, 4 floats", of: normal([4], [4])) { .where($0[0] .> 0, $0[0], $0[1]) },
      gradient("(a * b).sum() backward, 4 floats", of: normal([4], [4])) { $0[0] * $0[1] },
      gradient("linear backward, 4×4", of: normal([4, 4], [4, 4], [4])) {
        $0[0].linear($0[1], bias: $0[2])
      },
    ]
}
