/// What the cells have in common: one step of a recurrent layer.
///
/// Input of shape [batch, inputSize], states of [batch, hiddenSize], or without the batch.
open class RecurrentCell: Module {
  /// Features of the input.
  public let inputSize: Int
  /// Features of the state.
  public let hiddenSize: Int
  /// The weight of the input, [gates · hiddenSize, inputSize].
  @Parameter public var weightIh: Tensor
  /// The weight of the state, [gates · hiddenSize, hiddenSize].
  @Parameter public var weightHh: Tensor
  /// The bias of the input.
  @Parameter public var biasIh: Tensor?
  /// The bias of the state.
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

  /// What an input contributes, and a state or the zeros to begin with.
  func gates(_ x: Tensor) -> Tensor {
    guard x.ndim == 1 || x.ndim == 2, x.shape[x.ndim - 1] == inputSize else {
      fail("expected [batch, \(inputSize)] or [\(inputSize)], got \(x.shape)")
    }
    return x.linear(weightIh, bias: biasIh)
  }

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
  /// What comes after the layer.
  public let nonlinearity: RNN.Nonlinearity

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inputSize: features of the input.
  ///   - hiddenSize: features of the state.
  ///   - bias: whether there is a bias.
  ///   - nonlinearity: what comes after the layer.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  ///   - generator: where random numbers come from.
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

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["input_size"], try arguments["hidden_size"], bias: try arguments["bias"],
      nonlinearity: try arguments["nonlinearity"])
  }

  /// The first state, from one of zeros.
  open override func forward(_ x: Tensor) -> Tensor { self(x, nil) }

  /// The next state.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - h: the first hidden state.
  public func callAsFunction(_ x: Tensor, _ h: Tensor? = nil) -> Tensor {
    run([x]) { cell.plain(gates(x), first(h, for: x), nonlinearity) }
  }
}

/// One step of ``LSTM``: `torch.nn.LSTMCell`.
open class LSTMCell: RecurrentCell {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inputSize: features of the input.
  ///   - hiddenSize: features of the state.
  ///   - bias: whether there is a bias.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  ///   - generator: where random numbers come from.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, dtype: DType = .float32,
    device: Device = .default, generator: Generator = .default
  ) {
    super.init(inputSize, hiddenSize, bias: bias, gates: 4, dtype, device, generator)
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["input_size"], try arguments["hidden_size"], bias: try arguments["bias"])
  }

  /// The first hidden state, from states of zeros.
  open override func forward(_ x: Tensor) -> Tensor { self(x, nil).h }

  /// The next hidden and cell state.
  public func callAsFunction(
    _ x: Tensor, _ states: (h: Tensor, c: Tensor)? = nil
  ) -> (h: Tensor, c: Tensor) {
    run([x]) { cell.lstm(gates(x), first(states?.h, for: x), first(states?.c, for: x)) }
  }
}

/// One step of ``GRU``: `torch.nn.GRUCell`.
open class GRUCell: RecurrentCell {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inputSize: features of the input.
  ///   - hiddenSize: features of the state.
  ///   - bias: whether there is a bias.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  ///   - generator: where random numbers come from.
  public init(
    _ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, dtype: DType = .float32,
    device: Device = .default, generator: Generator = .default
  ) {
    super.init(inputSize, hiddenSize, bias: bias, gates: 3, dtype, device, generator)
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["input_size"], try arguments["hidden_size"], bias: try arguments["bias"])
  }

  /// The first state, from one of zeros.
  open override func forward(_ x: Tensor) -> Tensor { self(x, nil) }

  /// The next state.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - h: the first hidden state.
  public func callAsFunction(_ x: Tensor, _ h: Tensor? = nil) -> Tensor {
    run([x]) { cell.gru(gates(x), first(h, for: x)) }
  }
}
