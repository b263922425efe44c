import NN

/// How a layer of the golden file is made and used.
struct LayerCase: Sendable {
  let make: @Sendable (Generator) -> Module
  let use: @Sendable (Module, [Tensor]) -> Tensor

  /// A module that takes one tensor and gives one.
  init(
    _ make: @escaping @Sendable (Generator) -> Module,
    use: @escaping @Sendable (Module, [Tensor]) -> Tensor = { $0($1[0]) }
  ) {
    self.make = make
    self.use = use
  }

  /// A module with a call of its own.
  init<Kind: Module>(
    _ make: @escaping @Sendable (Generator) -> Kind,
    as use: @escaping @Sendable (Kind, [Tensor]) -> Tensor
  ) {
    self.make = make
    self.use = { use($0 as! Kind, $1) }
  }
}

private func joined(_ tensors: Tensor...) -> Tensor { .cat(tensors.map { $0.flatten() }) }

private func joined(_ result: (output: Tensor, weights: Tensor?)) -> Tensor {
  result.weights.map { joined(result.output, $0) } ?? result.output
}

private var hidden: Tensor { Tensor.ones([3, 3], dtype: .bool).triu(diagonal: 1) }
private var padding: Tensor { Tensor([[false, false, true], [false, false, false]]) }

/// By the names of the golden cases.
let layerCases: [String: LayerCase] = [
  "linear": LayerCase { Linear(3, 2, generator: $0) },
  "linear, no bias": LayerCase { Linear(3, 2, bias: false, generator: $0) },
  "flatten": LayerCase { _ in Flatten() },
  "unflatten": LayerCase { _ in Unflatten(1, [2, 3]) },
  "embedding": LayerCase {
    Embedding(5, 3, paddingIdx: 1, generator: $0)
  } use: { layer, _ in
    layer(Tensor([[0, 1], [4, 0]]))
  },
  "conv1d": LayerCase {
    Conv1d(2, 4, kernelSize: 3, stride: 2, padding: 1, groups: 2, generator: $0)
  },
  "conv2d": LayerCase {
    Conv2d(2, 3, kernelSize: [3, 2], padding: 1, dilation: [1, 2], generator: $0)
  },
  "conv2d, no batch": LayerCase { Conv2d(2, 3, kernelSize: 3, bias: false, generator: $0) },
  "convTranspose1d": LayerCase {
    ConvTranspose1d(2, 3, kernelSize: 3, stride: 2, outputPadding: 1, generator: $0)
  },
  "convTranspose2d": LayerCase {
    ConvTranspose2d(4, 2, kernelSize: 3, stride: 2, padding: 1, groups: 2, generator: $0)
  },
  "maxPool1d": LayerCase { _ in MaxPool1d(2) },
  "maxPool2d": LayerCase { _ in MaxPool2d([2, 3], stride: 1, padding: 1) },
  "avgPool1d": LayerCase { _ in AvgPool1d(3, stride: 1, padding: 1) },
  "avgPool2d": LayerCase { _ in AvgPool2d(2) },
  "adaptiveAvgPool1d": LayerCase { _ in AdaptiveAvgPool1d(3) },
  "adaptiveAvgPool2d": LayerCase { _ in AdaptiveAvgPool2d([1, 2]) },
  "adaptiveMaxPool1d": LayerCase { _ in AdaptiveMaxPool1d(2) },
  "adaptiveMaxPool2d": LayerCase { _ in AdaptiveMaxPool2d(2) },
  "batchNorm1d": LayerCase { _ in
    BatchNorm1d(3)
  } as: { layer, x in
    joined(layer(x[0]), layer(2 * x[0]), layer.runningMean!, layer.runningVar!)
  },
  "batchNorm1d, evaluation": LayerCase { _ in
    BatchNorm1d(2, momentum: nil)
  } use: {
    layer, x in
    _ = layer(x[0])
    _ = layer(x[0] + 1)
    return layer.eval()(x[0])
  },
  "batchNorm2d": LayerCase { _ in BatchNorm2d(2, eps: 0.01, affine: false) },
  "batchNorm2d, batch only": LayerCase { _ in
    BatchNorm2d(2, trackRunningStats: false)
  } use: {
    $0.eval()($1[0])
  },
  "layerNorm": LayerCase { _ in LayerNorm([2, 3]) },
  "layerNorm, no bias": LayerCase { _ in LayerNorm(3, bias: false) },
  "rmsNorm": LayerCase { _ in RMSNorm(4) },
  "groupNorm": LayerCase { _ in GroupNorm(2, 4) },
  "relu6": LayerCase { _ in
    ReLU6()
  } use: {
    $0(4 * $1[0])
  },
  "leakyRelu": LayerCase { _ in LeakyReLU(0.2) },
  "prelu": LayerCase { _ in PReLU(3) },
  "elu": LayerCase { _ in ELU(0.5) },
  "gelu": LayerCase { _ in GELU(approximate: .tanh) },
  "softplus": LayerCase { _ in Softplus(beta: 2) },
  "hardtanh": LayerCase { _ in Hardtanh(min: -0.5, max: 2) },
  "softmax": LayerCase { _ in Softmax(dim: 1) },
  "logSoftmax": LayerCase { _ in LogSoftmax(dim: 0) },
  "glu": LayerCase { _ in GLU() },
  "relu": LayerCase { _ in ReLU() },
  "selu": LayerCase { _ in SELU() },
  "silu": LayerCase { _ in SiLU() },
  "mish": LayerCase { _ in Mish() },
  "tanh": LayerCase { _ in Tanh() },
  "sigmoid": LayerCase { _ in Sigmoid() },
  "logSigmoid": LayerCase { _ in LogSigmoid() },
  "softsign": LayerCase { _ in Softsign() },
  "hardswish": LayerCase { _ in
    Hardswish()
  } use: {
    $0(3 * $1[0])
  },
  "hardsigmoid": LayerCase { _ in
    Hardsigmoid()
  } use: {
    $0(3 * $1[0])
  },
  "upsample": LayerCase { _ in Upsample(scaleFactor: 2) },
  "upsample, bilinear": LayerCase { _ in Upsample(size: [3, 5], mode: .bilinear) },
  "rnn": LayerCase {
    RNN(2, 3, nonlinearity: .relu, generator: $0)
  } as: { layer, x in
    let (output, h) = layer(x[0], nil)
    return joined(output, h)
  },
  "rnn, no batch": LayerCase {
    RNN(2, 3, generator: $0)
  } as: { layer, x in
    let (output, h) = layer(x[0], x[1])
    return joined(output, h)
  },
  "lstm": LayerCase {
    LSTM(2, 3, numLayers: 2, bidirectional: true, generator: $0)
  } as: {
    layer, x in
    let (output, states) = layer(x[0], nil)
    return joined(output, states.h, states.c)
  },
  "lstm, batch first": LayerCase {
    LSTM(2, 3, bias: false, batchFirst: true, generator: $0)
  } as: {
    layer, x in
    let (output, states) = layer(x[0], (x[1], x[2]))
    return joined(output, states.h, states.c)
  },
  "gru": LayerCase {
    GRU(2, 3, bidirectional: true, generator: $0)
  } as: { layer, x in
    let (output, h) = layer(x[0], nil)
    return joined(output, h)
  },
  "rnnCell": LayerCase {
    RNNCell(2, 3, generator: $0)
  } as: {
    $0($1[0], $1[1])
  },
  "lstmCell": LayerCase {
    LSTMCell(2, 3, generator: $0)
  } as: { layer, x in
    let (h, c) = layer(x[0], nil)
    return joined(h, c)
  },
  "gruCell": LayerCase {
    GRUCell(2, 3, bias: false, generator: $0)
  } as: {
    $0($1[0], $1[1])
  },
  "multiheadAttention": LayerCase {
    MultiheadAttention(4, 2, generator: $0)
  } as: {
    joined($0($1[0], $1[1], $1[2]))
  },
  "multiheadAttention, masks": LayerCase {
    MultiheadAttention(4, 2, bias: false, batchFirst: true, generator: $0)
  } as: { layer, x in
    joined(
      layer(
        x[0], x[0], x[0], keyPaddingMask: padding, attnMask: hidden, averageAttnWeights: false))
  },
  "multiheadAttention, no weights": LayerCase {
    MultiheadAttention(4, 2, generator: $0)
  } as: {
    joined($0($1[0], $1[0], $1[0], isCausal: true, needWeights: false))
  },
  "transformerEncoderLayer": LayerCase {
    TransformerEncoderLayer(4, 2, dimFeedforward: 6, dropout: 0, generator: $0)
  },
  "transformerEncoderLayer, norm first": LayerCase {
    TransformerEncoderLayer(
      4, 2, dimFeedforward: 6, dropout: 0, activation: .gelu, batchFirst: true, normFirst: true,
      generator: $0)
  } as: {
    $0($1[0], srcMask: hidden, srcKeyPaddingMask: padding)
  },
  "transformerEncoder": LayerCase {
    TransformerEncoder(
      TransformerEncoderLayer(4, 2, dimFeedforward: 6, dropout: 0, generator: $0), 2,
      norm: LayerNorm(4))
  },
  "transformerDecoderLayer": LayerCase {
    TransformerDecoderLayer(
      4, 2, dimFeedforward: 6, dropout: 0, normFirst: true, generator: $0)
  } as: {
    $0($1[0], $1[1])
  },
  "transformerDecoder": LayerCase {
    TransformerDecoder(
      TransformerDecoderLayer(4, 2, dimFeedforward: 6, dropout: 0, generator: $0), 2)
  } as: {
    $0($1[0], $1[1], tgtMask: hidden)
  },
]
