import Ember

manualSeed(0)
let model = Sequential(Linear(2, 8), ReLU(), Linear(8, 2))
for (name, tensor) in model.namedParameters { print(name, tensor.shape) }
print(model(Tensor([[0, 0], [0, 1]])).shape)

let x = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
let targets = [0, 1, 1, 0]
for (name, optimizer) in [
  ("SGD", { SGD($0, lr: 0.5) }), ("SGD with momentum", { SGD($0, lr: 0.5, momentum: 0.9) }),
  ("Adam", { Adam($0, lr: 0.05) }),
] as [(String, ([Tensor]) -> Optimizer)] {
  manualSeed(1)
  let model = Sequential(Linear(2, 8), Tanh(), Linear(8, 2))
  let optimizer = optimizer(model.parameters)
  var losses: [Double] = []
  for _ in 0...60 {
    let loss = model(x).crossEntropy(targets)
    losses.append((loss.scalars[0] * 1000).rounded() / 1000)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
  }
  print("\(name): \(losses[0]), \(losses[20]), \(losses[40]), \(losses[60])")
}
