import Checks
import Tensors

let scores = Tensor([1.0, 5.0, 3.0, 4.0])
let two = topK(scores, 2).softmax(dim: 0)
check("two are left", (two .> 0).to(.int64).scalars(as: Int64.self), is: [0, 1, 0, 1])
check("their scores are the same", topK(scores, 2)[1].item() == 5 && topK(scores, 2)[3].item() == 4)
check("with k of all nothing changes", topK(scores, 4).equal(scores))
