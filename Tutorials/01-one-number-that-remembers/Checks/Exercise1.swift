import Checks
import ScalarGrad

check("at 0 it is 1", polynomial(0).data, near: 1)
check("at 2 it is 9", polynomial(2).data, near: 9, hint: "3·4 - 2·2 + 1")
check("at -1 it is 6", polynomial(-1).data, near: 6, hint: "(-1)² is 1, and -2·(-1) is 2")
let x = Value(5, label: "x")
check(
  "it remembers x", polynomial(x).graph().nodes.contains { $0.label == "x" },
  hint: "Compute with x itself, not with x.data: data is only the number.")
