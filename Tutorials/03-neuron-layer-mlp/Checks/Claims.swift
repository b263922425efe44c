let silent = neuron([0, 1], weights: [0.5, -1], bias: 0.25)
check("the second input silences the neuron", silent.data, near: 0)
let (last, correct) = measure(model, on: points)
check("all points are on their side of the boundary", correct, near: 1)
check("the loss has come down", last.data < loss.data / 100)
check("fifty points on each crescent", points.count { $0.label == 1 }, is: 50)
check("two inputs, and two layers of eight", model.parameters.count, is: 8 * 3 + 8 * 9 + 9)

// Equal weights stay equal.
let equal = MLP(2, [3, 1], using: &generator)
for parameter in equal.parameters { parameter.data = 0.5 }
for _ in 0..<5 {
  let (loss, _) = measure(equal, on: Array(points[..<10]))
  equal.zeroGrad()
  loss.backward()
  for parameter in equal.parameters { parameter.data -= 0.1 * parameter.grad }
}
let hiddenNeurons = equal.parameters.prefix(9).map(\.data)
check("equal neurons stay equal", Set(hiddenNeurons).count, is: 3)
