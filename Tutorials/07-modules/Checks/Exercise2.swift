import Checks
import NN

let model = Polynomial(degree: 2)
check(
  "one parameter", Array(model.namedParameters().keys), is: ["coefficients"],
  hint: "@Parameter var coefficients")
check("of three numbers", model.parameters().map(\.shape), is: [[3]])
let x = Tensor([[0.0, 1.0], [2.0, -1.0]])
check("at first it is zero everywhere", model(x).equal(Tensor.zeros([2, 2])))
if let coefficients = model.parameters().first, coefficients.numel == 3 {
  noGrad { coefficients.copy(from: Tensor([1.0, -2.0, 3.0])) }
  check("1 - 2x + 3x²", model(x).allclose(Tensor([[1.0, 2.0], [9.0, 6.0]])))
  model(Tensor([2.0])).sum().backward()
  check(
    "it learns: the gradient at 2 is 1, 2, 4",
    coefficients.grad?.equal(Tensor([1.0, 2, 4])) == true)
}
