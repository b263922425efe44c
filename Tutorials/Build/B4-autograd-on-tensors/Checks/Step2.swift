// Must fail with: sum ?? part → part
// Must fail with: tensor.grad.map { $0 + g } ?? g → g
// Must fail with: guard tensor.requiresGrad, seen → guard seen
import Checks
import Ember

func times(_ factor: Double, _ x: Tensor) -> Tensor {
  Tensor(x.scalars.map { factor * $0 }, shape: x.shape).recorded(from: x) { g, _ in
    [Tensor(g.scalars.map { factor * $0 }, shape: g.shape)]
  }
}
func plus(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor(zip(a.scalars, b.scalars).map { $0 + $1 }, shape: a.shape)
    .recorded(from: a, b) { g, _ in [g, g] }
}
let x = Tensor([1, 2])
x.requiresGrad = true
let y = plus(times(3, x), x)
check("3x + x has a history of three", y.history.count, is: 3)
check("the result is its last", y.history.last === y)
y.backward(Tensor([1, 10]))
check("its gradient is 4, in the weights given", x.grad?.scalars ?? [], near: [4, 40])
y.backward(Tensor([1, 10]))
check("gradients add up", x.grad?.scalars ?? [], near: [8, 80])
check("the walk itself is not recorded", x.grad?.requiresGrad == false, hint: "Use noGrad.")
check("only given tensors keep theirs", y.grad == nil)

let data = Tensor([5, 6])
let z = plus(times(2, data), times(5, x))
check("data is not part of the history", z.history.allSatisfy(\.requiresGrad))
x.grad = nil
z.backward(Tensor([1, 1]))
check("and gets no gradient", data.grad == nil && x.grad?.scalars == [5, 5])
let one = Tensor(3)
one.requiresGrad = true
times(7, one).backward()
check("a single number needs no weights", one.grad?.scalars ?? [], near: [7])
