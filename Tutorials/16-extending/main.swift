import Foundation
import GraphvizRendering
import NN
import Tensors

func composedSnake(_ x: Tensor, a: Double) -> Tensor {
  x + (a * x).sin().square() / a
}
let x = Tensor.linspace(-3, 3, steps: 5)
x.requiresGrad = true
print(composedSnake(x, a: 2))

let wide = Tensor.ones([1000, 1000], requiresGrad: true)
print(composedSnake(wide, a: 2).graph().memoryTable)

func snakeWithDerivative(_ x: Tensor, a: Double) -> Tensor {
  customFunction("snake", [x]) { inputs in
    composedSnake(inputs[0], a: a)
  } backward: { gradient, inputs, _ in
    [gradient * (1 + (2 * a * inputs[0]).sin())]
  }
}
print(snakeWithDerivative(wide, a: 2).graph().memoryTable)

func fillSnake<Number: BinaryFloatingPoint>(
  _ y: Tensor, from x: Tensor, a: Number, sine: (Number) -> Number
) {
  let source = x.view.pointer.assumingMemoryBound(to: Number.self)
  let target = y.view.pointer.assumingMemoryBound(to: Number.self)
  for index in 0..<x.numel {
    let wave = sine(a * source[index])
    target[index] = source[index] + wave * wave / a
  }
}

func snake(_ x: Tensor, a: Double = 1) -> Tensor {
  customFunction("snake", [x]) { inputs in
    let x = inputs[0].contiguous()
    let y = Tensor.empty(x.shape, dtype: x.dtype)
    switch x.dtype {
    case .float32: fillSnake(y, from: x, a: Float(a), sine: { sin($0) })
    case .float64: fillSnake(y, from: x, a: a, sine: { sin($0) })
    default: fatalError("snake: a tensor of \(x.dtype); convert it to float32 or float64")
    }
    return y
  } backward: { gradient, inputs, _ in
    [gradient * (1 + (2 * a * inputs[0]).sin())]
  }
}
print(snake(x, a: 2))

func isRight(_ x: Tensor) -> Bool {
  let tolerance = x.dtype == .float64 ? 1e-12 : 1e-5
  return snake(x, a: 2).allclose(composedSnake(x, a: 2), rtol: tolerance, atol: tolerance)
}
let generator = Generator(seed: 0)
let cases: KeyValuePairs = [
  "a matrix": Tensor.randn([3, 4], generator: generator),
  "its transpose": Tensor.randn([3, 4], generator: generator).T,
  "every second row": Tensor.randn([6, 2], generator: generator)[.step(2)],
  "one number for many": Tensor.randn([3, 1], generator: generator).expand([3, 5]),
  "no numbers": Tensor.zeros([0, 3]),
  "a number alone": Tensor(0.5),
  "64 bits": Tensor.randn([7], dtype: .float64, generator: generator),
]
for (name, x) in cases { print(isRight(x) ? "right:" : "WRONG:", name) }

let sample = Tensor.randn([2, 3], dtype: .float64, generator: generator)
try gradCheck([sample]) { snake($0[0], a: 2) }
try gradGradCheck([sample]) { snake($0[0], a: 2) }
print("both derivatives are right")

let many = Tensor.randn([1_000_000], generator: generator)
func milliseconds(_ body: () -> Void) -> Double {
  body()
  return (0..<5).map { _ in ContinuousClock().measure(body) / .milliseconds(1) }.min()!
}
print(String(format: "composed %.2f ms", milliseconds { _ = composedSnake(many, a: 2) }))
print(String(format: "kernel   %.2f ms", milliseconds { _ = snake(many, a: 2) }))
print(String(format: "fused    %.2f ms", milliseconds { _ = fused { composedSnake(many, a: 2) } }))

final class Snake: Module {
  let a: Double

  init(_ a: Double = 1) {
    self.a = a
    super.init()
  }

  override var extraDescription: String { "a=\(a)" }
  override func forward(_ x: Tensor) -> Tensor { snake(x, a: a) }
}
manualSeed(0)
let waves = Sequential(Linear(1, 64), Snake(5), Linear(64, 64), Snake(5), Linear(64, 1))
print(waves)

let small = Sequential(Linear(1, 2), Snake(5))
try small(Tensor.ones([4, 1])).sum().graph(of: small).render(to: "snake-graph.svg", legend: false)

let seen = Tensor.linspace(-1, 1, steps: 200).unsqueeze(1)
let target = (6 * seen).sin() + seen
func learn(_ model: Sequential) -> Double {
  let optimizer = Adam(model.parameters(), lr: 2e-3)
  for _ in 1...1500 {
    let loss = mseLoss(model(seen), target)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
  }
  return mseLoss(model(seen), target).item()
}
let straight = Sequential(Linear(1, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1))
print("both have learned it:", learn(waves) < 0.02, learn(straight) < 0.02)

let beyond = Tensor.linspace(-2, 2, steps: 161).unsqueeze(1)
var curves = History()
for (name, y) in [
  ("the wave", (6 * beyond).sin() + beyond), ("snake", noGrad { waves(beyond) }),
  ("ReLU", noGrad { straight(beyond) }),
] {
  for (place, value) in zip(beyond.flatten().unbind(), y.flatten().unbind()) {
    curves.append([name: value.item()], at: place.item())
  }
}
try Plot(
  curves, title: "Learned from -1 to 1", xLabel: "x", yLabel: "y"
).write(to: "waves.svg")
