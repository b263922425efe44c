// Must fail with: self.init(numbers.values, shape: numbers.shape) → self.init(numbers.values, shape: numbers.shape.reversed())
import Checks
import Ember
import Foundation

let cases = try goldenCases("operations.json")
check("all cases are read", cases.count, is: 234)
let multiply = cases.first { $0.name == "multiply" }
check("multiply has two inputs", multiply?.inputs.map(\.shape) ?? [], is: [[2, 3], [2, 1]])
check("an output", multiply?.output.shape ?? [], is: [2, 3])
if let multiply {
  check(
    "which is their product", multiply.output.scalars,
    near: (multiply.inputs[0] * multiply.inputs[1]).scalars)
  check("a cotangent", multiply.cotangent.shape, is: [2, 3])
  check("and two gradients", multiply.gradients.map(\.shape), is: [[2, 3], [2, 1]])
}
check("a file that is missing is an error", (try? goldenCases("nothing.json")) == nil)
let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
try Data("[{\"name\": 3}]".utf8).write(to: file)
check("and so is one with something else", (try? goldenCases(file.path)) == nil)
try FileManager.default.removeItem(at: file)
