/// The base class of recurrent cells: one time step of a recurrent layer.
///
/// Input of shape [batch, inputSize], states of [batch, hiddenSize], or without the batch.
open class RecurrentCell: Module {
  /// The number of input features.
  public let inputSize: Int
  /// The number of features of the hidden state.
  public let hiddenSize: Int
  /// The weight of the input, [gates · hiddenSize, inputSize].
  @Parameter public var weightIh: Tensor
  /// The weight of the state, [gates · hiddenSize, hiddenSize].
  @Parameter public var weightHh: Tensor
  /// The bias of the input, [gates · hiddenSize]; nil for none.
  @Parameter public var biasIh: Tensor?
  /// The bias of the state, [gates · hiddenSize]; nil for none.
  @Parameter public var biasHh: Tensor?

  init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool, gates: Int, _ dtype: DType,
    _ device: Device, _ generator: Generator
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    let drawn = Cell.weights(
      inputSize, hiddenSize, gates, bias: bias, dtype, device, generator)
    weightIh = drawn[0]!
    weightHh = drawn[1]!
    biasIh = drawn[2]
    biasHh = drawn[3]
    super.init()
  }

  var cell: Cell { Cell(wIh: weightIh, wHh: weightHh, bIh: biasIh, bHh: biasHh) }

  /// The input's contribution to the gates.
  func gates(_ x: Tensor) -> Tensor {
    guard x.ndim == 1 || x.ndim == 2, x.shape[x.ndim - 1] == inputSize else {
      fail("expected [batch, \(inputSize)] or [\(inputSize)], got \(x.shape)")
    }
    return x.linear(weightIh, bias: biasIh)
  }

  /// The previous state, zeros if nil.
  func first(_ state: Tensor?, for x: Tensor) -> Tensor {
    let shape = Array(x.shape.dropLast()) + [hiddenSize]
    if let state, state.shape != shape { fail("expected a state of \(shape), got \(state.shape)") }
    return state ?? .zeros(shape, dtype: x.dtype, device: x.device)
  }

  open override var arguments: ModuleArguments {
    ["input_size": inputSize, "hidden_size": hiddenSize, "bias": biasIh != nil]
  }

  open override var extraDescription: String {
    "\(inputSize), \(hiddenSize)" + (biasIh == nil ? ", bias=False" : "")
  }
}

/// One step of ``RNN``: `torch.nn.RNNCell`.
open class RNNCell: RecurrentCell {
  /// The nonlinearity.
  public let nonlinearity: RNN.Nonlinearity

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inputSize: number of input features.
  ///   - hiddenSize: number of features of the hidden state.
  ///   - bias: whether to add learnable biases.
  ///   - nonlinearity: tanh or ReLU.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, nonlinearity: RNN.Nonlinearity = .tanh,
    dtype: DType = .float32, device: Device = .default, generator: Generator = .default
  ) {
    self.nonlinearity = nonlinearity
    super.init(inputSize, hiddenSize, bias: bias, gates: 1, dtype, device, generator)
  }

  open override var arguments: ModuleArguments {
    [
      "input_size": inputSize, "hidden_size": hiddenSize, "bias": biasIh != nil,
      "nonlinearity": nonlinearity,
    ]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["input_size"], try arguments["hidden_size"], bias: try arguments["bias"],
      nonlinearity: try arguments["nonlinearity"])
  }

  /// The next hidden state, from an initial state of 0.
  open override func forward(_ x: Tensor) -> Tensor { self(x, nil) }

  /// The next hidden state.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - h: the previous hidden state; nil for 0.
  public func callAsFunction(_ x: Tensor, _ h: Tensor? = nil) -> Tensor {
    run(x) { cell.plain(gates(x), first(h, for: x), nonlinearity) }
  }
}

/// One step of ``LSTM``: `torch.nn.LSTMCell`.
open class LSTMCell: RecurrentCell {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inputSize: number of input features.
  ///   - hiddenSize: number of features of the hidden state.
  ///   - bias: whether to add learnable biases.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, dtype: DType = .float32,
    device: Device = .default, generator: Generator = .default
  ) {
    super.init(inputSize, hiddenSize, bias: bias, gates: 4, dtype, device, generator)
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["input_size"], try arguments["hidden_size"], bias: try arguments["bias"])
  }

  /// The next hidden state, from initial states of 0.
  open override func forward(_ x: Tensor) -> Tensor { self(x, nil).h }

  /// The next hidden and cell states.
  public func callAsFunction(
    _ x: Tensor, _ states: (h: Tensor, c: Tensor)? = nil
  ) -> (h: Tensor, c: Tensor) {
    run(x) { cell.lstm(gates(x), first(states?.h, for: x), first(states?.c, for: x)) }
  }
}

/// One step of ``GRU``: `torch.nn.GRUCell`.
open class GRUCell: RecurrentCell {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inputSize: number of input features.
  ///   - hiddenSize: number of features of the hidden state.
  ///   - bias: whether to add learnable biases.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, dtype: DType = .float32,
    device: Device = .default, generator: Generator = .default
  ) {
    super.init(inputSize, hiddenSize, bias: bias, gates: 3, dtype, device, generator)
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["input_size"], try arguments["hidden_size"], bias: try arguments["bias"])
  }

  /// The next hidden state, from an initial state of 0.
  open override func forward(_ x: Tensor) -> Tensor { self(x, nil) }

  /// The next hidden state.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - h: the previous hidden state; nil for 0.
  public func callAsFunction(_ x: Tensor, _ h: Tensor? = nil) -> Tensor {
    run(x) { cell.gru(gates(x), first(h, for: x)) }
  }
}
