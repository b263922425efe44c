// Must fail with: rows.flatMap { $0 } → rows[0]
// Must fail with: self.init([number], shape: []) → self.init([number], shape: [1])
import Checks
import Ember

let row = Tensor([1, 2, 3])
let rows = Tensor([[1, 2, 3], [4, 5, 6]])
check("a row has one dim", row.shape == [3] && row.scalars == [1, 2, 3])
check("rows have two", rows.shape == [2, 3] && rows.scalars == [1, 2, 3, 4, 5, 6])
let number = Tensor(2.5)
check("a number has none", number.shape == [] && number.scalars == [2.5])
let (three, half): (Tensor, Tensor) = (3, 0.5)
check("literals are tensors", three.scalars == [3] && half.scalars == [0.5] && half.ndim == 0)
let text = "\(rows)"
check("its description has the shape", text.contains("[2, 3]"), hint: text)
check("and the numbers", (1...6).allSatisfy { text.contains("\($0)") }, hint: text)
