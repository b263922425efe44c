import GraphvizRendering
import NN
import Tensors

final class Dense: Module {
  @Parameter var weight: Tensor
  @Parameter var bias: Tensor

  init(_ inputs: Int, _ outputs: Int) {
    weight = Tensor.randn([outputs, inputs]) / Double(inputs).squareRoot()
    bias = Tensor.zeros([outputs])
    super.init()
  }

  override func forward(_ x: Tensor) -> Tensor {
    x • weight.T + bias
  }
}

manualSeed(0)
let dense = Dense(3, 2)
print(dense(Tensor.ones([4, 3])).shape)
for (name, parameter) in dense.namedParameters() {
  print(name, parameter.shape, parameter.requiresGrad)
}

manualSeed(0)
print(Linear(3, 2).weight)

final class Net: Module {
  let first = Linear(2, 8)
  let second = Linear(8, 8)
  let last = Linear(8, 1)

  override func forward(_ x: Tensor) -> Tensor {
    last(second(first(x).relu()).relu())
  }
}

manualSeed(0)
let net = Net()
print(net)
print(net.parameters().reduce(0) { $0 + $1.numel }, "numbers to learn")

manualSeed(0)
let model = Sequential(
  Linear(2, 8), ReLU(),
  Linear(8, 8), ReLU(),
  Linear(8, 1))
print(model.namedParameters().keys.joined(separator: " "))
print(model(Tensor.ones([1, 2])).equal(net(Tensor.ones([1, 2]))))

print(model.summary(inputShape: [100, 2]))

final class Block: Module {
  let norm: LayerNorm
  let wide: Linear
  let narrow: Linear

  init(_ size: Int) {
    norm = LayerNorm([size])
    wide = Linear(size, 4 * size)
    narrow = Linear(4 * size, size)
    super.init()
  }

  override func forward(_ x: Tensor) -> Tensor {
    x + narrow(wide(norm(x)).gelu())
  }
}

let deep = Sequential(Block(16), Block(16), Block(16), Linear(16, 2))
try deep.graph(Tensor.zeros([32, 16])).render(to: "blocks.svg")

for (name, parameter) in deep.namedParameters() where !name.hasPrefix("1.") && !name.hasPrefix("2.")
{
  print(name, parameter.shape)
}

deep[0].requiresGrad(false)
let trainable = deep.parameters().filter(\.requiresGrad)
print(trainable.count, "of", deep.parameters().count)
let loss = deep(Tensor.ones([1, 16])).sum()
loss.backward()
print(deep[0].parameters()[0].grad == nil, deep[3].parameters()[0].grad != nil)
print(deep.missingGradients(for: loss)["0.norm.weight"] ?? "")

final class Centered: Module {
  @Buffer var mean: Tensor

  init(_ size: Int) {
    mean = Tensor.zeros([size])
    super.init()
  }

  override func forward(_ x: Tensor) -> Tensor {
    if isTraining { noGrad { mean = 0.9 * mean + 0.1 * x.mean(dim: 0) } }
    return x - mean
  }
}

let centered = Centered(2)
for _ in 1...50 { _ = centered(Tensor([[1.0, 10.0], [3.0, 30.0]])) }
print(centered.mean, centered.parameters().count, centered.stateDict().keys.joined())

manualSeed(0)
let dropout = Dropout(0.5)
print(dropout(Tensor.ones([8])))
dropout.eval()
print(dropout(Tensor.ones([8])))

var shapes: [String] = []
let handles = net.namedModules().dropFirst().map { name, module in
  module.registerForwardHook { _, _, output in
    if let output = output as? Tensor { shapes.append("\(name) \(output.shape)") }
    return nil
  }
}
_ = net(Tensor.ones([5, 2]))
for handle in handles { handle.remove() }
print(shapes.joined(separator: ", "))
