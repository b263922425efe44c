// Must fail with: "minimum": { $0[0] - ($0[0] - $0[1]).relu() } → "minimum": { $0[1] - ($0[0] - $0[1]).relu() }
// Must fail with: [g / b, -g * y / b] → [g / b, g * y / b]
import Checks
import Ember

let cases = try goldenCases("operations.json")
let names = Set(cases.map(\.name))
let unknown = operations.keys.filter { !names.contains($0) }.sorted()
check("all names are in PyTorch's file", unknown.isEmpty, hint: unknown.joined(separator: ", "))
check("there are thirty lines or more", operations.count >= 30, hint: "\(operations.count)")

/// Whether numbers are near each other; nan is near nothing.
func areNear(_ a: Tensor?, _ b: Tensor) -> Bool {
  guard let a, a.shape == b.shape else { return false }
  return zip(a.scalars, b.scalars).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
}
var wrong: [String] = []
for golden in cases {
  guard let operation = operations[golden.name] else { continue }
  let inputs = golden.inputs.map { Tensor($0.scalars, shape: $0.shape) }
  for input in inputs { input.requiresGrad = true }
  let output = operation(inputs)
  guard areNear(output, golden.output) else {
    wrong.append(golden.name)
    continue
  }
  output.backward(golden.cotangent)
  if !zip(inputs, golden.gradients).allSatisfy({ areNear($0.grad, $1) }) {
    wrong.append("\(golden.name) (gradient)")
  }
}
check(
  "every line computes what PyTorch does", wrong.isEmpty, hint: wrong.joined(separator: ", "))
