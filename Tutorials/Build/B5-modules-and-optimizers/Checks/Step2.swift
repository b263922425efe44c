// Must fail with: as? Tensor, tensor.requiresGrad → as? Tensor
// Must fail with: "\(name).\($0.name)" → $0.name
// Must fail with: let bound = 1 / Double(inFeatures).squareRoot() → let bound = 1 / Double(inFeatures)
// Must fail with: { x.matmul(weight.T) + bias } → { x.matmul(weight.T) }
import Checks
import Ember

manualSeed(3)
let layer = Linear(100, 50)
check(
  "weight is [outputs, inputs], bias [outputs]", [layer.weight.shape, layer.bias.shape],
  is: [[50, 100], [50]])
let numbers = layer.weight.scalars
check("weights are within ±1/√inputs", numbers.allSatisfy { abs($0) <= 0.1 })
check("and fill that", (numbers.max() ?? 0) > 0.099 && (numbers.min() ?? 0) < -0.099)
check(
  "biases too",
  layer.bias.scalars.allSatisfy { abs($0) <= 0.1 } && layer.bias.scalars.contains { abs($0) > 0.05 }
)
let x = Tensor.uniform([4, 100], from: -1, to: 1)
let expected = (x.matmul(layer.weight.T) + layer.bias).scalars
check("a layer is called like a function", layer(x).scalars, near: expected)

final class Net: Module {
  let first = Linear(3, 4)
  let scale = Tensor([1, 2])
  let second = Linear(4, 2)
  override func forward(_ x: Tensor) -> Tensor { second(first(x).tanh()) * scale }
}
let net = Net()
check(
  "parameters are found, by name, and in order", net.namedParameters.map(\.name),
  is: ["first.weight", "first.bias", "second.weight", "second.bias"])
check("they are the objects themselves", net.parameters.first === net.first.weight)
net(Tensor([[1, 2, 3]])).sum().backward()
check("all get gradients", net.parameters.allSatisfy { $0.grad?.shape == $0.shape })
final class Outer: Module {
  let net = Net()
}
check(
  "modules may be inside others", Outer().namedParameters.first?.name ?? "", is: "net.first.weight")
