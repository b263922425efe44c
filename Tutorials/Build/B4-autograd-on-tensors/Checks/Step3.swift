// Must fail with: { [shape] g, _ in [g.sum(to: shape)] } → { g, _ in [g] }
// Must fail with: shape[$0] != target[$0 - added] → target[$0 - added] == 5
// Must fail with: [g / b, -g * y / b] → [g / b, g * y / b]
// Must fail with: { $0 > 0 ? 1 : 0 } → { $0 }
// Must fail with: [g * (1 - y * y)] → [g * (1 - y)]
import Checks
import Ember
import Tensors

typealias Mine = Ember.Tensor
typealias Theirs = Tensors.Tensor

/// Compares the gradients of a function of two tensors with those of Flambeau's.
func compare(
  _ claim: String, _ shapes: [[Int]], _ mine: ([Mine]) -> Mine, _ theirs: ([Theirs]) -> Theirs
) {
  let numbers = shapes.enumerated().map { place, shape -> [Double] in
    (0..<shape.reduce(1, *)).map { index -> Double in
      let step: Int = (index * 5 + place * 3) % 13
      return Double(step) * 0.16 - 0.7 + 0.3 * Double(place)
    }
  }
  let a = zip(numbers, shapes).map { Mine($0, shape: $1) }
  let b = zip(numbers, shapes).map { try! Theirs($0, shape: $1) }
  for tensor in a { tensor.requiresGrad = true }
  for tensor in b { tensor.requiresGrad = true }
  let (y, z) = (mine(a), theirs(b))
  let weights = (0..<y.numel).map { 1 + 0.25 * Double($0) }
  y.backward(Mine(weights, shape: y.shape))
  z.backward(gradient: try! Theirs(weights, shape: z.shape))
  for (place, (yours, flambeaus)) in zip(a, b).enumerated() {
    let suffix = a.count > 1 ? ", input \(place + 1)" : ""
    check(
      "\(claim)\(suffix)", yours.grad?.scalars ?? [],
      near: flambeaus.grad!.scalars(as: Double.self), within: 1e-11)
    check("\(claim)\(suffix), shape", yours.grad?.shape ?? [], is: flambeaus.grad!.shape)
  }
}
for shapes in [
  [[2, 3], [2, 3]], [[2, 3], [3]], [[4, 1], [3]], [[2, 1, 2], [3, 1]], [[2, 2], []],
] {
  compare("\(shapes[0]) + \(shapes[1])", shapes, { $0[0] + $0[1] }, { $0[0] + $0[1] })
  compare("\(shapes[0]) - \(shapes[1])", shapes, { $0[0] - $0[1] }, { $0[0] - $0[1] })
  compare("\(shapes[0]) * \(shapes[1])", shapes, { $0[0] * $0[1] }, { $0[0] * $0[1] })
  compare("\(shapes[0]) / \(shapes[1])", shapes, { $0[0] / $0[1] }, { $0[0] / $0[1] })
}
compare("expand", [[3]], { $0[0].expand([2, -1]) }, { $0[0].expand([2, -1]) })
compare("-x", [[2, 3]], { -$0[0] }, { -$0[0] })
compare("exp", [[2, 3]], { $0[0].exp() }, { $0[0].exp() })
compare("log", [[2, 3]], { ($0[0] + 2).log() }, { ($0[0] + 2).log() })
compare("tanh", [[2, 3]], { $0[0].tanh() }, { $0[0].tanh() })
compare("relu", [[2, 3]], { $0[0].relu() }, { $0[0].relu() })
compare("pow(3)", [[2, 3]], { $0[0].pow(3) }, { $0[0].pow(3) })
compare(
  "one tensor used three times", [[2, 2]], { $0[0] * $0[0] + $0[0].exp() },
  { $0[0] * $0[0] + $0[0].exp() })
let given = Mine([1, 2])
given.requiresGrad = true
for (name, function) in [
  ("exp", { $0.exp() }), ("tanh", { $0.tanh() }), ("/", { $0 / ($0 + 1) }),
] as [(String, (Mine) -> Mine)] {
  weak var forgotten: Mine?
  do { forgotten = function(given) }
  check(
    "\(name): what nobody uses is freed", forgotten == nil,
    hint: "Rules get the result as an argument.")
}
let squared = given * given
squared.backward(Mine([1, 1]))
check("rules are not recorded", given.grad?.requiresGrad == false, hint: "backward uses noGrad.")
