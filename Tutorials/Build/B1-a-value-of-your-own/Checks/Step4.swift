// Must fail with: for input in value.inputs { visit(input.value) }\n      history.append(value) → history.append(value)\n      for input in value.inputs { visit(input.value) }
// Must fail with: guard seen.insert(ObjectIdentifier(value)).inserted else { return } → seen.insert(ObjectIdentifier(value))
import Checks
import Ember

/// Whether each value of a list comes after those that it was computed from.
func isOrdered(_ values: [Value]) -> Bool {
  var seen: Set<ObjectIdentifier> = []
  for value in values {
    guard value.inputs.allSatisfy({ seen.contains(ObjectIdentifier($0.value)) }) else {
      return false
    }
    seen.insert(ObjectIdentifier(value))
  }
  return true
}

let x: Value = 3
check("a given value is its whole history", x.history.count == 1 && x.history.first === x)
let square = x * x
let y = square + x
check("x · x + x has three values, each once", y.history.count, is: 3)
check("the result comes last", y.history.last === y)
check("each comes after those that it was computed from", isOrdered(y.history))

var values: [Value] = [1, 2, 3]
for step in 0..<40 {
  let (a, b) = (values[step * 7 % values.count], values[step * 5 % values.count])
  values.append(step % 2 == 0 ? a + b : a * b)
}
let last = values.suffix(9).reduce(Value(0)) { $0 + $1 }
let history = last.history
check("no value is listed twice", Set(history.map(ObjectIdentifier.init)).count, is: history.count)
check("a history of \(history.count) values is in order", isOrdered(history))
