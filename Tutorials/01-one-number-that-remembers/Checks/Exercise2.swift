import Checks
import Foundation
import ScalarGrad

check("softplus(0) is log 2", softplus(0).data, near: log(2))
check("softplus(1)", softplus(1).data, near: 1.3132616875182228, within: 1e-12)
check("softplus(-1)", softplus(-1).data, near: 0.31326168751822286, within: 1e-12)
check(
  "softplus(1000) is 1000", softplus(1000).data, near: 1000,
  hint: "e¹⁰⁰⁰ is infinite; use the second way of writing it.")
check("softplus(-1000) is 0", softplus(-1000).data, near: 0)
let x = Value(2, label: "x")
check(
  "it remembers x", softplus(x).graph().nodes.contains { $0.label == "x" },
  hint: "Compute with x itself, not with x.data: data is only the number.")
