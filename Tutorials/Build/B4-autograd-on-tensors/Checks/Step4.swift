// Must fail with: g.permute(dims.indices.sorted { dims[$0] < dims[$1] }) → g.permute(dims)
// Must fail with: gradient.narrow(dim, start: start, length: length).assign(g) → gradient.narrow(dim, start: 0, length: length).assign(g)
// Must fail with: [g.matmul(other.T), self.T.matmul(g)] → [g.matmul(other.T), g.T.matmul(self).T + 0.001]
// Must fail with: for (place, scalar) in zip(places, other.scalars) → for (place, scalar) in zip(offset..., other.scalars)
import Checks
import Ember
import Tensors

typealias Mine = Ember.Tensor
typealias Theirs = Tensors.Tensor

func compare(
  _ claim: String, _ shapes: [[Int]], _ mine: ([Mine]) -> Mine, _ theirs: ([Theirs]) -> Theirs
) {
  let numbers = shapes.enumerated().map { place, shape -> [Double] in
    (0..<shape.reduce(1, *)).map { index -> Double in
      let step: Int = (index * 5 + place * 3) % 13
      return Double(step) * 0.16 - 0.7
    }
  }
  let a = zip(numbers, shapes).map { Mine($0, shape: $1) }
  let b = zip(numbers, shapes).map { try! Theirs($0, shape: $1) }
  for tensor in a { tensor.requiresGrad = true }
  for tensor in b { tensor.requiresGrad = true }
  let (y, z) = (mine(a), theirs(b))
  check("\(claim)", y.scalars, near: z.scalars(as: Double.self), within: 1e-12)
  let weights = (0..<y.numel).map { 1 + 0.25 * Double($0) }
  y.backward(Mine(weights, shape: y.shape))
  z.backward(gradient: try! Theirs(weights, shape: z.shape))
  for (place, (yours, flambeaus)) in zip(a, b).enumerated() {
    check(
      "\(claim), gradient \(place + 1)", yours.grad?.scalars ?? [],
      near: flambeaus.grad!.scalars(as: Double.self), within: 1e-11)
  }
}
let table = Mine([[1, 2, 3], [4, 5, 6]])
table.narrow(1, start: 1, length: 2).assign(Mine([[7, 8], [9, 10]]))
check("a view is written through", table.scalars, near: [1, 7, 8, 4, 9, 10])

table.reshape(3, 2).narrow(0, start: 0, length: 1).assign(Mine([[-1, -2]]))
check(
  "a contiguous tensor's reshape is a view", table[0, 0], near: -1,
  hint: "It copies only what is not contiguous.")
compare("permute", [[2, 3, 4]], { $0[0].permute(1, 2, 0) }, { $0[0].permute(1, 2, 0) })
compare("transpose", [[2, 3, 4]], { $0[0].transpose(0, -1) }, { $0[0].transpose(0, -1) })
compare("reshape", [[2, 6]], { $0[0].reshape(3, -1) }, { $0[0].reshape(3, -1) })
compare("reshape of T", [[2, 6]], { $0[0].T.reshape(3, -1) }, { $0[0].T.reshape(3, -1) })
compare(
  "narrow", [[3, 4]], { $0[0].narrow(1, start: 1, length: 2) },
  { $0[0].narrow(1, start: 1, length: 2) })
compare("sum", [[2, 3]], { $0[0].sum() }, { $0[0].sum() })
compare("sum over [0, 2]", [[2, 3, 2]], { $0[0].sum(dims: [0, 2]) }, { $0[0].sum(dims: [0, 2]) })
compare(
  "sum over [-1], kept", [[2, 3]], { $0[0].sum(dims: [-1], keepDim: true) },
  { $0[0].sum(dims: [-1], keepDim: true) })
compare("mean", [[2, 3]], { $0[0].mean() }, { $0[0].mean() })
compare("matmul", [[2, 3], [3, 4]], { $0[0].matmul($0[1]) }, { $0[0].matmul($0[1]) })
compare("matmul of T", [[2, 3], [4, 3]], { $0[0].matmul($0[1].T) }, { $0[0].matmul($0[1].T) })
compare(
  "a layer", [[4, 3], [2, 3], [2]], { ($0[0].matmul($0[1].T) + $0[2]).tanh() },
  { ($0[0].matmul($0[1].T) + $0[2]).tanh() })
