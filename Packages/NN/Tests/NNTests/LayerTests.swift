import NN
import Testing

/// A layer with the values that PyTorch computed; see Golden/make_layers.py.
struct GoldenLayer: Decodable, Sendable, CustomTestStringConvertible {
  struct Entry: Decodable, Sendable {
    let key: String
    let shape: [Int]
    let values: [Double]
  }

  let name: String
  let text: String
  let state: [Entry]
  let inputs: [GoldenTensor]
  let output: GoldenTensor
  let cotangent: GoldenTensor
  let inputGradients: [GoldenTensor]
  let gradients: [String: GoldenTensor]

  var testDescription: String { name }

  static let all: [GoldenLayer] = golden("layers")
}

@Suite struct LayerTests {
  @Test func theTableIsComplete() {
    #expect(Set(layerCases.keys) == Set(GoldenLayer.all.map(\.name)))
  }

  /// The same seed gives the same parameters, with the same names, and the same description.
  @Test(arguments: GoldenLayer.all)
  func initialValuesArePyTorchs(golden: GoldenLayer) throws {
    let module = try #require(layerCases[golden.name]).make(Generator(seed: 0))
    let state = module.stateDict()
    #expect(Array(state.keys) == golden.state.map(\.key))
    for entry in golden.state {
      let expected = try Tensor(entry.values, shape: entry.shape, dtype: .float64)
      #expect(isClose(state[entry.key]!, expected, tolerance: 1e-6), "\(entry.key)")
    }
    // PyTorch's attention uses a subclass of Linear; ours is a Linear.
    let text = golden.text.replacing("NonDynamicallyQuantizableLinear", with: "Linear")
    #expect(module.description == text)
  }

  @Test(arguments: GoldenLayer.all, testedDevices)
  func outputsAndGradientsArePyTorchs(golden: GoldenLayer, device: Device) throws {
    try device.withDefault {
      let layer = try #require(layerCases[golden.name])
      let module = Device.cpu.withDefault { layer.make(Generator(seed: 1)) }.to(.float64).to(device)
      let state = try golden.state.map { entry in
        (entry.key, try Tensor(entry.values, shape: entry.shape, dtype: .float64))
      }
      try module.loadStateDict(StateDict(uniqueKeysWithValues: state))
      let inputs = try golden.inputs.map { try $0.tensor(requiresGrad: true) }
      let output = layer.use(module, inputs)
      #expect(isClose(output, try golden.output.tensor()))
      output.backward(gradient: try golden.cotangent.tensor())
      for (input, gradient) in zip(inputs, golden.inputGradients) {
        #expect(isClose(try #require(input.grad), try gradient.tensor()))
      }
      let parameters = module.namedParameters()
      #expect(golden.gradients.keys.allSatisfy { parameters[$0] != nil })
      for (name, parameter) in parameters {
        let gradient = try golden.gradients[name]?.tensor()
        #expect(isClose(parameter.grad ?? .zerosLike(parameter), gradient ?? .zerosLike(parameter)))
      }
    }
  }
}
