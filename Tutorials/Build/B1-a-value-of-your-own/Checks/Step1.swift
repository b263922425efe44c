// Must fail with: self.init(literal) → self.init(0)
import Checks
import Ember

let a = Value(2.5, label: "a")
check("a value has its number", a.data, is: 2.5)
check("its gradient begins at 0", a.grad, is: 0)
check("it has its name", a.label, is: "a")
check("a name may be left out", Value(1).label, is: "")
check("a given value has no inputs", a.inputs.isEmpty && a.operation.isEmpty)
let two: Value = 2
let half: Value = 0.5
check("literals are values", [two.data, half.data], near: [2, 0.5])
let same = a
same.data = 3
check("a value is one object, whatever it is called", a.data, is: 3, hint: "Make it a class.")
