import GraphvizRendering
import ScalarGrad

let a = Value(2, label: "a")
let b = Value(-3, label: "b")
let c = Value(10, label: "c")
let f = Value(-2, label: "f")

let product = a * b
let sum = product + c
let result = sum * f
product.label = "product"
sum.label = "sum"
result.label = "result"
print(result.data)

func compute(_ a: Double, _ b: Double, _ c: Double, _ f: Double) -> Double {
  (a * b + c) * f
}
let h = 0.0001
let slope = (compute(2 + h, -3, 10, -2) - compute(2, -3, 10, -2)) / h
print((slope * 1000).rounded() / 1000)

result.grad = 1
sum.grad = f.data * result.grad
f.grad = sum.data * result.grad
product.grad = sum.grad
c.grad = sum.grad
a.grad = b.data * product.grad
b.grad = a.data * product.grad
print(a.grad, b.grad, c.grad, f.grad)

for value in [a, b, c, f] { value.grad = 0 }
result.backward()
print(a.grad, b.grad, c.grad, f.grad)

try result.graph().render(to: "backward.svg", direction: .leftRight)

for value in [a, b, c, f] { value.grad = 0 }
let recording = result.recordBackward()
print(recording.text)

try recording.writeAnimation(to: "playing.svg", direction: .leftRight)
try recording.writePage(to: "steps.html")

let x = Value(3, label: "x")
let y = x * x + 2 * x
y.backward()
print(x.grad)

let z: Value = 2
let cube = z ** 3
let first = grad(of: cube, withRespectTo: z)
let second = grad(of: first, withRespectTo: z)
print(first.data, second.data)

let w: Value = 5
for step in 1...5 {
  let loss = (w - 1) ** 2
  w.grad = 0
  loss.backward()
  w.data -= 0.4 * w.grad
  print("step \(step): loss \(loss.data.briefDescription), w \(w.data.briefDescription)")
}
