import Foundation
import NN
import ScalarGrad
import ScalarNN
import Tensors

let matrix = Tensor([[1.0, 2, 3], [4, 5, 6]])
print(matrix)
print(matrix.shape, matrix.ndim, matrix.numel, matrix.dtype)

let weights = Tensor([[1.0, 0], [0, 1], [1, -1]])
print(matrix * 10)
print(matrix • weights)
print(matrix.sum(), matrix.sum(dim: 0), matrix.mean(dim: 1))

var generator = SeededGenerator(seed: 7)
let scalarModel = MLP(2, [8, 8, 1], using: &generator)

struct MatrixLayer {
  let weight: Tensor
  let bias: Tensor
}
let layers = scalarModel.layers.map { layer in
  MatrixLayer(
    weight: Tensor(layer.neurons.map { $0.weights.map(\.data) }, requiresGrad: true),
    bias: Tensor(layer.neurons.map(\.bias.data), requiresGrad: true))
}
for layer in layers { print(layer.weight.shape, layer.bias.shape) }

func scores(_ points: Tensor, _ layers: [MatrixLayer]) -> Tensor {
  var x = points
  for (index, layer) in layers.enumerated() {
    x = x • layer.weight.T + layer.bias
    if index < layers.count - 1 { x = x.relu() }
  }
  return x
}
let two = Tensor([[0.5, -0.5], [1, 2]])
print(scores(two, layers))
print(
  scalarModel([0.5, -0.5])[0].data.briefDescription, scalarModel([1, 2])[0].data.briefDescription)

let points = Tensor.randn([100, 2], generator: Generator(seed: 0))
let labels = points[.all, 0].sign()

func tensorStep(_ layers: [MatrixLayer]) -> Double {
  let loss = (1 - labels * scores(points, layers)[.all, 0]).relu().mean()
  loss.backward()
  noGrad {
    for var tensor in layers.flatMap({ [$0.weight, $0.bias] }) {
      tensor -= tensor.grad! * 0.1
      tensor.grad = nil
    }
  }
  return loss.item()
}

let pointList = (0..<100).map { points[$0].scalars(as: Float.self).map(Double.init) }
let labelList = labels.scalars(as: Float.self).map(Double.init)
func scalarStep(_ model: MLP) -> Double {
  var loss: Value = 0
  for (point, label) in zip(pointList, labelList) {
    loss = loss + (1 - label * model(point.map { Value($0) })[0]).relu()
  }
  loss = loss / 100
  model.zeroGrad()
  loss.backward()
  for parameter in model.parameters { parameter.data -= 0.1 * parameter.grad }
  return loss.data
}

for step in 1...3 {
  print(step, scalarStep(scalarModel).briefDescription, tensorStep(layers).briefDescription)
}

func milliseconds(_ count: Int, _ body: () -> Void) -> Double {
  body()  // once without the clock, so that memory is there
  let time = ContinuousClock().measure { for _ in 0..<count { body() } }
  return time / .milliseconds(1) / Double(count)
}

var times = History()
for width in [4, 8, 16, 32, 64] {
  let model = MLP(2, [width, width, 1], using: &generator)
  let layers = model.layers.map { layer in
    MatrixLayer(
      weight: Tensor(layer.neurons.map { $0.weights.map(\.data) }, requiresGrad: true),
      bias: Tensor(layer.neurons.map(\.bias.data), requiresGrad: true))
  }
  let scalars = milliseconds(3) { _ = scalarStep(model) }
  let tensors = milliseconds(100) { _ = tensorStep(layers) }
  times.append(["scalars": scalars, "tensors": tensors], at: Double(width))
  print("width \(width): \(Int(scalars / tensors)) times as fast with tensors")
}
try Plot(
  times, title: "Time of a training step", xLabel: "neurons in a layer", yLabel: "milliseconds",
  xAxis: .powersOfTwo, yAxis: .logarithmic
).write(to: "times.svg")

let x = Tensor.arange(12).reshape(3, 4)
print(x)
print(x.shape, x.strides)
print(x.T.shape, x.T.strides)

let column = x[.all, 1]
print(column, column.shape, column.strides, column.storageOffset)
column.fill(0)
print(x)

print(x[.step(2)].strides, x.T.isContiguous)
let flat = x.T.reshape(-1)
print(flat)

let row = Tensor([[1.0, 2, 3]])
let tall = Tensor([[10.0], [20]])
print(row + tall)
print(row.expand([4, 3]).strides)

let three = Tensor([1, 2, 3])
let four = Tensor([1, 10, 100, 1000])
print(three[.all, .newAxis] * four)
