import Checks
import Tensors

let empty = size(of: [:])
check("nothing is in an empty one", empty.numbers == 0 && empty.bytes == 0)
let state: StateDict = ["a": Tensor.zeros([3, 4]), "b": Tensor.zeros([5], dtype: .float64)]
check("3 × 4 and 5 numbers", size(of: state).numbers, is: 17)
check("4 bytes each of 12, 8 bytes each of 5", size(of: state).bytes, is: 88)
let counts: StateDict = ["c": Tensor.zeros([2, 2], dtype: .uint8)]
check("bytes are one byte", size(of: counts).bytes, is: 4)
