import Checks
import ScalarGrad

let a = Value(2)
let b = Value(3)
check("a value alone is one", givenValues(of: a), is: 1)
check("a * b has two", givenValues(of: a * b), is: 2)
check(
  "a * a + b has two", givenValues(of: a * a + b), is: 2,
  hint: "a is used twice but is one box; operations and results do not count.")
check("(a + 1) * b has three", givenValues(of: (a + 1) * b), is: 3, hint: "The 1 is given too.")
