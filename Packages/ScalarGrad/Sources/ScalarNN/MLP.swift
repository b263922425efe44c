import ScalarGrad

/// A neuron: the weighted sum of its inputs plus a bias, followed by ReLU unless `isLinear`.
public struct Neuron {
  /// The weights, one for each input.
  public let weights: [Value]
  /// The bias, which is added to the weighted sum.
  public let bias: Value
  /// Whether the output is the sum itself, without ReLU.
  public let isLinear: Bool

  /// Creates a neuron with weights drawn from U(-1, 1) and a bias of 0.
  public init(
    _ inputCount: Int, isLinear: Bool = false, using generator: inout some RandomNumberGenerator
  ) {
    weights = (0..<inputCount).map { _ in Value(.random(in: -1...1, using: &generator)) }
    bias = 0
    self.isLinear = isLinear
  }

  /// The neuron's parameters: its weights, then its bias.
  public var parameters: [Value] { weights + [bias] }

  /// w · x + b, or its ReLU.
  public func callAsFunction(_ inputs: [Value]) -> Value {
    guard inputs.count == weights.count else {
      fatalError("Neuron: got \(inputs.count) inputs, expected \(weights.count)")
    }
    var sum = bias
    for (weight, input) in zip(weights, inputs) {
      sum = sum + weight * input
    }
    return isLinear ? sum : sum.relu()
  }
}

/// A fully connected layer: neurons that share their inputs.
public struct Layer {
  /// The neurons.
  public let neurons: [Neuron]

  /// Creates a layer with weights drawn at random.
  ///
  /// - Parameters:
  ///   - inputCount: number of inputs of each neuron.
  ///   - outputCount: number of neurons.
  ///   - isLinear: whether to omit the ReLU.
  ///   - generator: random number generator of the weights.
  public init(
    _ inputCount: Int, _ outputCount: Int, isLinear: Bool = false,
    using generator: inout some RandomNumberGenerator
  ) {
    neurons = (0..<outputCount).map { _ in
      Neuron(inputCount, isLinear: isLinear, using: &generator)
    }
  }

  /// The weights and biases of all neurons.
  public var parameters: [Value] { neurons.flatMap(\.parameters) }

  /// The outputs for given inputs.
  public func callAsFunction(_ inputs: [Value]) -> [Value] {
    neurons.map { $0(inputs) }
  }
}

/// A multi-layer perceptron: a sequence of layers, with ReLU after each but the last.
public struct MLP {
  /// The layers, in order.
  public let layers: [Layer]

  /// Creates a perceptron with weights drawn at random.
  ///
  /// - Parameters:
  ///   - inputCount: number of inputs.
  ///   - outputCounts: number of outputs of each layer.
  ///   - generator: random number generator of the weights.
  public init(
    _ inputCount: Int, _ outputCounts: [Int], using generator: inout some RandomNumberGenerator
  ) {
    let sizes = [inputCount] + outputCounts
    layers = outputCounts.indices.map { index in
      Layer(
        sizes[index], sizes[index + 1], isLinear: index == outputCounts.count - 1,
        using: &generator)
    }
  }

  /// As ``init(_:_:using:)``, with different weights in each run of the program.
  public init(_ inputCount: Int, _ outputCounts: [Int]) {
    var generator = SystemRandomNumberGenerator()
    self.init(inputCount, outputCounts, using: &generator)
  }

  /// All weights and biases, layer by layer and neuron by neuron.
  public var parameters: [Value] { layers.flatMap(\.parameters) }

  /// The outputs for given inputs.
  public func callAsFunction(_ inputs: [Value]) -> [Value] {
    layers.reduce(inputs) { outputs, layer in layer(outputs) }
  }

  /// Sets every parameter's gradient to 0, as before each backward pass.
  public func zeroGrad() {
    for parameter in parameters { parameter.grad = 0 }
  }
}

extension MLP: CustomStringConvertible {
  public var description: String {
    layers.map { layer in
      let kind = layer.neurons.first?.isLinear == false ? "relu" : "linear"
      return "Layer(\(layer.neurons.first?.weights.count ?? 0) → \(layer.neurons.count), \(kind))"
    }.joined(separator: "\n")
  }
}
