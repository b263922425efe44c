func operations(_ points: Tensor) -> Int {
  let loss = (points • w).tanh().square().sum()
  return loss.graph().nodes.count { $0.kind == .operation }
}
check("four operations", operations(x), is: 4)
check("whatever the number of points", operations(Tensor.ones([500, 2])), is: 4)
w.grad = nil
(x • w).tanh().square().sum().backward()
let byHand = noGrad { x.T • (2 * y * (1 - y.square())) }
check("the chain rule by hand gives the same", w.grad!.allclose(byHand))
check("the gradient has the shape of w", w.grad!.shape, is: w.shape)
let once = w.grad!.clone()
(x • w).tanh().square().sum().backward()
check("gradients add up", w.grad!.allclose(2 * once))
let table = hidden.exp().sum().graph().memoryTable
check("tanh and exp keep their results, sum nothing", !table.contains("output of sum"))
check("with one factor as a constant the slope is a, not 2a", a.item(), near: -0.5)
check("Newton's steps end at 9/4", place.item(), near: 9.0 / 4, within: 1e-9)
