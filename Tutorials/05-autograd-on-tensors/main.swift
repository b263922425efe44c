import GraphvizRendering
import Tensors

let x = Tensor([[1.0, 2.0], [3.0, 4.0]])
let w = Tensor([[0.5], [-1.0]], requiresGrad: true)
let y = (x • w).tanh()
let loss = y.square().sum()
print(x * 2)
print(y)
print(w.isLeaf, y.isLeaf, y.gradFn ?? "none", y.requiresGrad)

try loss.graph(names: ["w": w]).render(to: "tensors.svg")

loss.backward()
print(w.grad!)

noGrad {
  let slope = 2 * y * (1 - y.square())
  print(x.T • slope)
}

(x • w).sum().backward()
print(w.grad!)
w.grad = nil

let input = Tensor.ones([1000, 1000])
let weight = Tensor.ones([1000, 1000], requiresGrad: true)
let hidden = (input • weight).tanh()
print(hidden.exp().sum().graph().memoryTable)

let answer = noGrad { (x • w).tanh() }
print(answer.requiresGrad)

let a = w.sum()
(a * a.detach()).backward()
print(w.grad!)
w.grad = nil

let t = Tensor([1.0, 2.0, 3.0], requiresGrad: true)
let first = grad(of: t.pow(3).sum(), withRespectTo: t, createGraph: true)
let second = grad(of: first.sum(), withRespectTo: t, createGraph: true)
let third = grad(of: second.sum(), withRespectTo: t)
print(first)
print(second)
print(third)

var place = Tensor([4.0], dtype: .float64)
for step in 1...6 {
  let here = place.detach()
  here.requiresGrad = true
  let f = (here.pow(4) - 3 * here.pow(3)).sum()
  let slope = grad(of: f, withRespectTo: here, createGraph: true)
  let bend = grad(of: slope.sum(), withRespectTo: here)
  place = noGrad { here - slope / bend }
  print(step, place.item())
}

print(hessian(Tensor([1.0, 2.0])) { x in x[0] * x[0] * x[1] })

manualSeed(0)
let sample = Tensor.randn([3, 2], dtype: .float64)
try gradCheck([sample]) { $0[0].softmax(dim: 1).log().sum(dim: 0) }
do {
  try gradCheck([sample]) { inputs in
    customFunction("square", inputs) {
      $0[0].square()
    } backward: { g, inputs, _ in
      [g * inputs[0]]  // should be g * 2 * inputs[0]
    }
  }
} catch {
  print(error.localizedDescription)
}
