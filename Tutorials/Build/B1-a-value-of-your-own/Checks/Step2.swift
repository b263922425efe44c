// Must fail with: (a, b.data), (b, a.data) → (a, a.data), (b, b.data)
import Checks
import Ember

let (a, b) = (Value(2), Value(-3))
let (sum, product) = (a + b, a * b)
check("2 + -3", sum.data, near: -1)
check("2 · -3", product.data, near: -6)
check("they have their signs", [sum.operation, product.operation], is: ["+", "*"])
check(
  "they remember a and b", [sum, product].allSatisfy { $0.inputs.map(\.value.data) == [2, -3] })
check("and not copies of them", product.inputs.first?.value === a)
check("a sum grows with either", sum.inputs.map(\.derivative), near: [1, 1])
check(
  "a product grows by b for each a, and by a for each b", product.inputs.map(\.derivative),
  near: [-3, 2], hint: "One more of a makes the product grow by b.")
