import Ember

let cases = try goldenCases("operations.json")
var passed = 0
for golden in cases {
  guard let operation = operations[golden.name] else { continue }
  let problems = problems(with: operation, in: golden)
  if problems.isEmpty { passed += 1 } else { print(golden.name, problems) }
}
print("\(passed) of \(operations.count) lines pass; Flambeau's table has \(cases.count)")
