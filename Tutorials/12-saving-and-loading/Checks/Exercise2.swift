import Checks
import Tensors

let state: StateDict = [
  "encoder.1.weight": Tensor([1.0]), "head.weight": Tensor([2.0]),
  "encoder.0.weight": Tensor([3.0]),
]
let encoder = part(of: state, under: "encoder.")
check(
  "the names without the prefix, in their order", Array(encoder.keys), is: ["1.weight", "0.weight"])
check("the tensors", encoder.values.map { $0.item() }, is: [1, 3])
check("what is not there is empty", part(of: state, under: "decoder.").isEmpty)
