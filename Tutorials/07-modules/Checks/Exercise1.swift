import Checks
import NN

manualSeed(0)
let block = Residual(4)
let x = Tensor.randn([3, 4])
check("the shape stays", block(x).shape, is: [3, 4])
check(
  "its parameters", Array(block.namedParameters().keys), is: ["linear.weight", "linear.bias"],
  hint: "Keep the layer in a stored property: let linear: Linear")
noGrad { for parameter in block.parameters() { parameter.fill(0) } }
check("with weights of zero it changes nothing", block(x).equal(x), hint: "Add the input itself.")
if let bias = block.namedParameters()["linear.bias"] {
  noGrad { bias.fill(-1) }
  check("what is negative adds nothing", block(x).equal(x), hint: "The ReLU comes before adding.")
  noGrad { bias.fill(2) }
  check("what is positive is added", block(x).allclose(x + 2))
}
