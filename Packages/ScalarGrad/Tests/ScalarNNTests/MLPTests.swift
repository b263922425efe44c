import ScalarGrad
import ScalarNN
import Testing

private func network(_ outputs: [Int] = [3, 1], seed: UInt64 = 1) -> MLP {
  var generator = SeededGenerator(seed: seed)
  return MLP(2, outputs, using: &generator)
}

/// The first outputs for the seed 1234567, from the reference implementation of SplitMix64.
@Test func seededNumbers() {
  var generator = SeededGenerator(seed: 1_234_567)
  #expect(generator.next() == 6_457_827_717_110_365_317)
  #expect(generator.next() == 3_203_168_211_198_807_973)
}

@Test func parametersAndDescription() {
  let model = network([4, 4, 1])
  #expect(model.parameters.count == 4 * 3 + 4 * 5 + 5)
  #expect(model.parameters.allSatisfy { (-1...1).contains($0.data) })
  #expect(
    model.description == """
      Layer(2 → 4, relu)
      Layer(4 → 4, relu)
      Layer(4 → 1, linear)
      """)
  #expect(
    network(seed: 7).parameters.map(\.data) == network(seed: 7).parameters.map(\.data),
    "one seed, one network")
  #expect(network(seed: 7).parameters.map(\.data) != network(seed: 8).parameters.map(\.data))
}

@Test func aNeuronIsAWeightedSum() {
  var generator = SeededGenerator(seed: 2)
  let neuron = Neuron(2, isLinear: true, using: &generator)
  #expect(neuron.bias.data == 0)
  neuron.bias.data = 0.5
  let expected = neuron.weights[0].data * 3 - neuron.weights[1].data + 0.5
  #expect(abs(neuron([3, -1]).data - expected) < 1e-12)
  let relu = Neuron(1, using: &generator)
  let sign: Value = relu.weights[0].data > 0 ? -1 : 1
  #expect(relu([sign]).data == 0)
}

@Test func trainingLowersTheLossAndZeroGradForgets() {
  let model = network([8, 1])
  let inputs: [[Value]] = [[0, 0], [0, 1], [1, 0], [1, 1]]
  let targets = [0.0, 1, 1, 0]
  var losses: [Double] = []
  for _ in 0..<200 {
    var loss: Value = 0
    for (input, target) in zip(inputs, targets) {
      loss = loss + (model(input)[0] - target) ** 2
    }
    model.zeroGrad()
    #expect(model.parameters.allSatisfy { $0.grad == 0 })
    loss.backward()
    for parameter in model.parameters { parameter.data -= 0.05 * parameter.grad }
    losses.append(loss.data)
  }
  #expect(losses.last! < 0.05)
}

@Test func theWrongNumberOfInputsStopsTheProgram() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    var generator = SeededGenerator(seed: 1)
    _ = MLP(2, [3], using: &generator)([1, 2, 3])
  }
  let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(message.contains("Neuron: got 3 inputs, expected 2"))
}
