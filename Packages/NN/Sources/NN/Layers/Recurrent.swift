/// The base class of recurrent layers: weights for each layer and direction, and the loop over time
/// steps.
///
/// Input of shape [length, batch, inputSize], or [batch, length, inputSize] with `batchFirst`, or
/// without the batch. The output holds the last layer's hidden states at all time steps, with both
/// directions concatenated; the states are [layers · directions, batch, hiddenSize].
open class Recurrent: Module {
  /// The number of input features.
  public let inputSize: Int
  /// The number of features of the hidden state.
  public let hiddenSize: Int
  /// The number of stacked layers.
  public let numLayers: Int
  /// Whether there are biases.
  public let bias: Bool
  /// Whether inputs are [batch, length, features] instead of [length, batch, features].
  public let batchFirst: Bool
  /// The dropout probability between layers in training.
  public let dropout: Double
  /// Whether it runs in both directions.
  public let bidirectional: Bool
  private let generator: Generator?

  /// Creates the layer.
  ///
  /// - Parameter gates: number of gates.
  init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int, bias: Bool, batchFirst: Bool,
    dropout: Double, bidirectional: Bool, gates: Int, _ dtype: DType, _ device: Device,
    _ generator: Generator?
  ) {
    guard inputSize > 0, hiddenSize > 0, numLayers > 0, (0...1).contains(dropout) else {
      fatalError(
        "\(Self.self): inputSize \(inputSize), hiddenSize \(hiddenSize), numLayers \(numLayers), dropout "
          + "\(dropout); sizes must be 1 or more, dropout from 0 to 1")
    }
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.numLayers = numLayers
    self.bias = bias
    self.batchFirst = batchFirst
    self.dropout = dropout
    self.bidirectional = bidirectional
    self.generator = generator
    super.init()
    for layer in 0..<numLayers {
      let size = layer == 0 ? inputSize : hiddenSize * directions
      for direction in 0..<directions {
        let suffix = "_l\(layer)" + (direction == 1 ? "_reverse" : "")
        let cell = Cell.weights(size, hiddenSize, gates, bias: bias, dtype, device, generator)
        for (name, tensor) in zip(Cell.names, cell) where tensor != nil {
          registerParameter(name + suffix, tensor)
        }
      }
    }
  }

  private var directions: Int { bidirectional ? 2 : 1 }

  /// The parameters of a layer and direction.
  private func cell(_ layer: Int, _ direction: Int) -> Cell {
    let suffix = "_l\(layer)" + (direction == 1 ? "_reverse" : "")
    func tensor(_ name: String) -> Tensor? { registered.tensors[name + suffix]?.tensor }
    return Cell(
      wIh: tensor(Cell.names[0])!, wHh: tensor(Cell.names[1])!, bIh: tensor(Cell.names[2]),
      bHh: tensor(Cell.names[3]))
  }

  /// One time step: the next states, given the previous ones and the input's contribution to the
  /// gates.
  func step(_ gates: Tensor, _ states: [Tensor], _ cell: Cell) -> [Tensor] {
    fatalError("\(Self.self): override func step")
  }

  /// All time steps of a layer and direction: the hidden states at all steps, and the last states.
  func pass(
    _ contributions: Tensor, _ first: [Tensor], _ cell: Cell
  ) -> (hidden: Tensor, last: [Tensor]) {
    var current = first
    let hidden = contributions.unbind(dim: 0).map { gates -> Tensor in
      current = step(gates, current, cell)
      return current[0]
    }
    return (.stack(hidden), current)
  }

  /// Runs all layers and directions.
  ///
  /// - Parameters:
  ///   - states: initial states, each [layers · directions, batch, hiddenSize]; nil for zeros.
  ///   - count: number of states: 1, or 2 for an LSTM.
  func walk(_ x: Tensor, _ states: [Tensor]?, count: Int) -> (Tensor, [Tensor]) {
    guard x.ndim == 2 || x.ndim == 3, x.shape[x.ndim - 1] == inputSize else {
      fail("expected [length, batch, \(inputSize)] or [length, \(inputSize)], got \(x.shape)")
    }
    guard x.shape[x.ndim == 3 && batchFirst ? 1 : 0] > 0 else {
      fail("a sequence of length 0, of shape \(x.shape); it must have at least one step")
    }
    let isBatch = x.ndim == 3
    var inputs = isBatch ? (batchFirst ? x.transpose(0, 1) : x) : x.unsqueeze(1)
    let shape = [numLayers * directions, inputs.shape[1], hiddenSize]
    let first: [Tensor] =
      states.map { $0.map { isBatch ? $0 : $0.unsqueeze(1) } }
      ?? (0..<count).map { _ in .zeros(shape, dtype: x.dtype, device: x.device) }
    for state in first where state.shape != shape {
      fail("expected states of \(shape), got \(state.shape)")
    }
    var last = [[Tensor]](repeating: [], count: count)
    for layer in 0..<numLayers {
      var outputs: [Tensor] = []
      for direction in 0..<directions {
        let place = layer * directions + direction
        let cell = cell(layer, direction)
        // The input's contribution to the gates, for all time steps at once.
        let contributions = inputs.linear(cell.wIh, bias: cell.bIh)
        let (hidden, states) = pass(
          direction == 0 ? contributions : contributions.flip([0]), first.map { $0[place] }, cell)
        outputs.append(direction == 0 ? hidden : hidden.flip([0]))
        for (index, state) in states.enumerated() { last[index].append(state) }
      }
      inputs = outputs.count == 1 ? outputs[0] : .cat(outputs, dim: -1)
      if dropout > 0, isTraining, layer < numLayers - 1 {
        inputs = Dropout.drop(inputs, dropout, like: inputs, generator)
      }
    }
    let output = isBatch ? (batchFirst ? inputs.transpose(0, 1) : inputs) : inputs.squeeze(1)
    let all = last.map { Tensor.stack($0) }
    return (output, isBatch ? all : all.map { $0.squeeze(1) })
  }

  func arguments(nonlinearity: RNN.Nonlinearity?) -> ModuleArguments {
    [
      "input_size": inputSize, "hidden_size": hiddenSize, "num_layers": numLayers,
      "nonlinearity": nonlinearity, "bias": bias, "batch_first": batchFirst, "dropout": dropout,
      "bidirectional": bidirectional,
    ]
  }

  open override var arguments: ModuleArguments { arguments(nonlinearity: nil) }

  open override var extraDescription: String {
    var text = "\(inputSize), \(hiddenSize)"
    if numLayers != 1 { text += ", num_layers=\(numLayers)" }
    if !bias { text += ", bias=False" }
    if batchFirst { text += ", batch_first=True" }
    if dropout != 0 { text += ", dropout=\(dropout.python)" }
    if bidirectional { text += ", bidirectional=True" }
    return text
  }
}

/// The weights of a recurrent cell.
struct Cell {
  let wIh: Tensor
  let wHh: Tensor
  let bIh: Tensor?
  let bHh: Tensor?

  static let names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]

  /// Weights and biases drawn from U(-1/√hiddenSize, 1/√hiddenSize).
  static func weights(
    _ inputSize: Int, _ hiddenSize: Int, _ gates: Int, bias: Bool, _ dtype: DType,
    _ device: Device, _ generator: Generator?
  ) -> [Tensor?] {
    let rows = gates * hiddenSize
    let shapes = [[rows, inputSize], [rows, hiddenSize]] + (bias ? [[rows], [rows]] : [])
    let drawn: [Tensor?] = shapes.map { shape in
      Layer.uniform(shape, bias: nil, fanIn: hiddenSize, dtype, device, generator ?? .default)
        .weight
    }
    return drawn + (bias ? [] : [nil, nil])
  }

  /// The hidden state's contribution to the gates.
  func hidden(_ h: Tensor) -> Tensor { h.linear(wHh, bias: bHh) }

  /// tanh(gates + W·h + b), or relu.
  func plain(_ gates: Tensor, _ h: Tensor, _ nonlinearity: RNN.Nonlinearity) -> Tensor {
    let sum = gates + hidden(h)
    return nonlinearity == .relu ? sum.relu() : sum.tanh()
  }

  /// c' = σ(f)·c + σ(i)·tanh(g), h' = σ(o)·tanh(c'): Hochreiter and Schmidhuber, 1997.
  func lstm(_ gates: Tensor, _ h: Tensor, _ c: Tensor) -> (h: Tensor, c: Tensor) {
    let parts = (gates + hidden(h)).chunk(4, dim: -1)
    let next = parts[1].sigmoid() * c + parts[0].sigmoid() * parts[2].tanh()
    return (parts[3].sigmoid() * next.tanh(), next)
  }

  /// n = tanh(xₙ + σ(r)·hₙ), h' = n + σ(z)·(h - n): Cho et al., 2014.
  func gru(_ gates: Tensor, _ h: Tensor) -> Tensor {
    let (x, own) = (gates.chunk(3, dim: -1), hidden(h).chunk(3, dim: -1))
    let n = (x[2] + (x[0] + own[0]).sigmoid() * own[2]).tanh()
    return n + (x[1] + own[1]).sigmoid() * (h - n)
  }
}

/// h' = tanh(W·x + b + U·h + c), or ReLU, at each time step: `torch.nn.RNN`; Elman, 1990.
open class RNN: Recurrent {
  /// The nonlinearity.
  public let nonlinearity: Nonlinearity

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inputSize: number of input features.
  ///   - hiddenSize: number of features of the hidden state.
  ///   - numLayers: number of stacked layers.
  ///   - nonlinearity: tanh or ReLU.
  ///   - bias: whether to add learnable biases.
  ///   - batchFirst: whether inputs are [batch, length, features] instead of [length, batch,
  ///     features].
  ///   - dropout: dropout probability between layers in training.
  ///   - bidirectional: whether it runs in both directions.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator; nil: the default generator at each draw.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int = 1, nonlinearity: Nonlinearity = .tanh,
    bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false,
    dtype: DType = .float32, device: Device = .default, generator: Generator? = nil
  ) {
    self.nonlinearity = nonlinearity
    super.init(
      inputSize, hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, gates: 1, dtype, device, generator)
  }

  /// The nonlinearity of an ``RNN``.
  public enum Nonlinearity: String, ModuleArgument, Sendable {
    /// Hyperbolic tangent or ReLU.
    case tanh, relu
  }

  open override var arguments: ModuleArguments { arguments(nonlinearity: nonlinearity) }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["input_size"], try arguments["hidden_size"],
      numLayers: try arguments["num_layers"], nonlinearity: try arguments["nonlinearity"],
      bias: try arguments["bias"],
      batchFirst: try arguments["batch_first"], dropout: try arguments["dropout"],
      bidirectional: try arguments["bidirectional"])
  }

  override func step(_ gates: Tensor, _ states: [Tensor], _ cell: Cell) -> [Tensor] {
    [cell.plain(gates, states[0], nonlinearity)]
  }

  /// The output at all time steps, from initial states of 0.
  open override func forward(_ x: Tensor) -> Tensor { self(x, nil).output }

  /// The output at all time steps, and the last states.
  public func callAsFunction(_ x: Tensor, _ h: Tensor? = nil) -> (output: Tensor, h: Tensor) {
    run(x) {
      let (output, states) = walk(x, h.map { [$0] }, count: 1)
      return (output, states[0])
    }
  }
}

/// A long short-term memory, c' = σ(f)·c + σ(i)·tanh(g), h' = σ(o)·tanh(c') at each time step:
/// `torch.nn.LSTM`; Hochreiter and Schmidhuber, 1997.
open class LSTM: Recurrent {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inputSize: number of input features.
  ///   - hiddenSize: number of features of the hidden state.
  ///   - numLayers: number of stacked layers.
  ///   - bias: whether to add learnable biases.
  ///   - batchFirst: whether inputs are [batch, length, features] instead of [length, batch,
  ///     features].
  ///   - dropout: dropout probability between layers in training.
  ///   - bidirectional: whether it runs in both directions.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator; nil: the default generator at each draw.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int = 1, bias: Bool = true,
    batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false,
    dtype: DType = .float32, device: Device = .default, generator: Generator? = nil
  ) {
    super.init(
      inputSize, hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, gates: 4, dtype, device, generator)
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["input_size"], try arguments["hidden_size"],
      numLayers: try arguments["num_layers"], bias: try arguments["bias"],
      batchFirst: try arguments["batch_first"], dropout: try arguments["dropout"],
      bidirectional: try arguments["bidirectional"])
  }

  override func pass(
    _ contributions: Tensor, _ first: [Tensor], _ cell: Cell
  ) -> (hidden: Tensor, last: [Tensor]) {
    let gates = cell.bHh.map { contributions + $0 } ?? contributions
    let states = gates.lstm(first[0], first[1], weight: cell.wHh)
    return (states.select(1, 0), states[-1].unbind())
  }

  /// The output at all time steps, from initial states of 0.
  open override func forward(_ x: Tensor) -> Tensor { self(x, nil).output }

  /// The output at all time steps, and the last hidden and cell states.
  public func callAsFunction(
    _ x: Tensor, _ states: (h: Tensor, c: Tensor)? = nil
  ) -> (output: Tensor, states: (h: Tensor, c: Tensor)) {
    run(x) {
      let (output, last) = walk(x, states.map { [$0.h, $0.c] }, count: 2)
      return (output, (last[0], last[1]))
    }
  }
}

/// Gated recurrent units, n = tanh(xₙ + σ(r)·hₙ), h' = (1 - σ(z))·n + σ(z)·h at each time step:
/// `torch.nn.GRU`; Cho et al., 2014.
open class GRU: Recurrent {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inputSize: number of input features.
  ///   - hiddenSize: number of features of the hidden state.
  ///   - numLayers: number of stacked layers.
  ///   - bias: whether to add learnable biases.
  ///   - batchFirst: whether inputs are [batch, length, features] instead of [length, batch,
  ///     features].
  ///   - dropout: dropout probability between layers in training.
  ///   - bidirectional: whether it runs in both directions.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator; nil: the default generator at each draw.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, numLayers: Int = 1, bias: Bool = true,
    batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false,
    dtype: DType = .float32, device: Device = .default, generator: Generator? = nil
  ) {
    super.init(
      inputSize, hiddenSize, numLayers: numLayers, bias: bias, batchFirst: batchFirst,
      dropout: dropout, bidirectional: bidirectional, gates: 3, dtype, device, generator)
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["input_size"], try arguments["hidden_size"],
      numLayers: try arguments["num_layers"], bias: try arguments["bias"],
      batchFirst: try arguments["batch_first"], dropout: try arguments["dropout"],
      bidirectional: try arguments["bidirectional"])
  }

  override func step(_ gates: Tensor, _ states: [Tensor], _ cell: Cell) -> [Tensor] {
    [cell.gru(gates, states[0])]
  }

  /// The output at all time steps, from initial states of 0.
  open override func forward(_ x: Tensor) -> Tensor { self(x, nil).output }

  /// The output at all time steps, and the last states.
  public func callAsFunction(_ x: Tensor, _ h: Tensor? = nil) -> (output: Tensor, h: Tensor) {
    run(x) {
      let (output, states) = walk(x, h.map { [$0] }, count: 1)
      return (output, states[0])
    }
  }
}
