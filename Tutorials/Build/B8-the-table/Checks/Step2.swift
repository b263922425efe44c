// Must fail with: guard abs(a - b) <= 1e-9 * max(1, abs(b)) else → guard !(abs(a - b) > 1e-9 * max(1, abs(b))) else
// Must fail with: guard let result else { return "is missing" } → guard let result else { return nil }
// Must fail with: output.backward(golden.cotangent) → output.sum().backward()
// Must fail with: let inputs = golden.inputs.map { Tensor($0.scalars, shape: $0.shape) } → let inputs = golden.inputs
// Must fail with: [output] + inputs.map(\.grad) → [output]
import Checks
import Ember

let cases = try goldenCases("operations.json")
func found(_ name: String, _ operation: ([Tensor]) -> Tensor) -> [String] {
  problems(with: operation, in: cases.first { $0.name == name }!)
}
check("multiply is right", found("multiply") { $0[0] * $0[1] }, is: [])
check("and is right again", found("multiply") { $0[0] * $0[1] }, is: [])
check("addition broadcasts", found("add, broadcast") { $0[0] + $0[1] }, is: [])
check("a wrong number is found", !found("add") { $0[0] + $0[1] * 1.00001 }.isEmpty)
check("a wrong shape is found", !found("sum") { $0[0].sum().reshape(1) }.isEmpty)
func wrongRule(_ x: Tensor, _ gradient: Double) -> Tensor {
  Tensor(x.exp().scalars, shape: x.shape).recorded(from: x) { g, y in [g * y * Tensor(gradient)] }
}
check("the right rule passes", found("exp") { wrongRule($0[0], 1) }, is: [])
check("a wrong gradient is found", !found("exp") { wrongRule($0[0], 1.00001) }.isEmpty)
check("nan is found", !found("exp") { wrongRule($0[0], .nan) }.isEmpty)
check(
  "a missing gradient is found",
  !found("multiply") { $0[0] * Tensor($0[1].scalars, shape: $0[1].shape) }.isEmpty)
