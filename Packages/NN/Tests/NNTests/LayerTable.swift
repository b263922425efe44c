import NN

/// How a layer of the golden file is created and called, here and in PyTorch; Golden/make_layers.py
/// reads these lines.
struct LayerCase: Sendable {
  let make: @Sendable (Generator) -> Module
  let use: @Sendable (Module, [Tensor]) -> Tensor

  /// A module from one tensor to one tensor.
  ///
  /// - Parameters:
  ///   - torch: the call in `torch.nn`.
  ///   - shapes: shapes of the inputs.
  init(
    _ torch: String, _ shapes: [Int]..., make: @escaping @Sendable (Generator) -> Module,
    use: @escaping @Sendable (Module, [Tensor]) -> Tensor = { $0($1[0]) }
  ) {
    self.make = make
    self.use = use
  }

  /// A module with its own call.
  init<Kind: Module>(
    _ torch: String, _ shapes: [Int]..., make: @escaping @Sendable (Generator) -> Kind,
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

/// The layers, by the names of the golden cases.
let layerCases: [String: LayerCase] = [
  "linear": LayerCase("Linear(3, 2)", [4, 3]) { Linear(3, 2, generator: $0) },
  "linear, no bias": LayerCase("Linear(3, 2, bias=False)", [2, 2, 3]) {
    Linear(3, 2, bias: false, generator: $0)
  },
  "flatten": LayerCase("Flatten()", [2, 3, 2]) { _ in Flatten() },
  "unflatten": LayerCase("Unflatten(1, (2, 3))", [2, 6]) { _ in Unflatten(1, [2, 3]) },
  "embedding": LayerCase("Embedding(5, 3, padding_idx=1)") {
    Embedding(5, 3, paddingIdx: 1, generator: $0)
  } use: { layer, _ in
    layer(Tensor([[0, 1], [4, 0]]))
  },
  "conv1d": LayerCase("Conv1d(2, 4, 3, stride=2, padding=1, groups=2)", [2, 2, 7]) {
    Conv1d(2, 4, kernelSize: 3, stride: 2, padding: 1, groups: 2, generator: $0)
  },
  "conv2d": LayerCase("Conv2d(2, 3, (3, 2), padding=1, dilation=(1, 2))", [2, 2, 4, 5]) {
    Conv2d(2, 3, kernelSize: [3, 2], padding: 1, dilation: [1, 2], generator: $0)
  },
  "conv2d, no batch": LayerCase("Conv2d(2, 3, 3, bias=False)", [2, 4, 5]) {
    Conv2d(2, 3, kernelSize: 3, bias: false, generator: $0)
  },
  "conv2d, same": LayerCase("Conv2d(2, 3, (2, 3), padding='same', dilation=(3, 1))", [2, 2, 5, 4]) {
    Conv2d(2, 3, kernelSize: [2, 3], padding: .same, dilation: [3, 1], generator: $0)
  },
  "conv2d, valid": LayerCase("Conv2d(2, 3, 2, padding='valid')", [1, 2, 4, 4]) {
    Conv2d(2, 3, kernelSize: 2, padding: .valid, generator: $0)
  },
  "conv2d, circular": LayerCase(
    "Conv2d(2, 3, 3, stride=2, padding=(2, 1), padding_mode='circular')", [2, 2, 5, 4]
  ) {
    Conv2d(
      2, 3, kernelSize: 3, stride: 2, padding: [2, 1], paddingMode: .circular, generator: $0)
  },
  "conv1d, same, reflect": LayerCase(
    "Conv1d(2, 4, 4, padding='same', padding_mode='reflect')", [2, 2, 7]
  ) {
    Conv1d(2, 4, kernelSize: 4, padding: .same, paddingMode: .reflect, generator: $0)
  },
  "convTranspose1d": LayerCase("ConvTranspose1d(2, 3, 3, stride=2, output_padding=1)", [2, 2, 3]) {
    ConvTranspose1d(2, 3, kernelSize: 3, stride: 2, outputPadding: 1, generator: $0)
  },
  "convTranspose2d": LayerCase(
    "ConvTranspose2d(4, 2, 3, stride=2, padding=1, groups=2)", [1, 4, 3, 2]
  ) {
    ConvTranspose2d(4, 2, kernelSize: 3, stride: 2, padding: 1, groups: 2, generator: $0)
  },
  "maxPool1d": LayerCase("MaxPool1d(2)", [2, 2, 5]) { _ in MaxPool1d(2) },
  "maxPool2d": LayerCase("MaxPool2d((2, 3), stride=1, padding=1)", [1, 2, 4, 5]) { _ in
    MaxPool2d([2, 3], stride: 1, padding: 1)
  },
  "avgPool1d": LayerCase("AvgPool1d(3, 1, 1)", [1, 2, 5]) { _ in AvgPool1d(3, stride: 1, padding: 1)
  },
  "avgPool2d": LayerCase("AvgPool2d(2)", [1, 2, 4, 5]) { _ in AvgPool2d(2) },
  "adaptiveAvgPool1d": LayerCase("AdaptiveAvgPool1d(3)", [1, 2, 5]) { _ in AdaptiveAvgPool1d(3) },
  "adaptiveAvgPool2d": LayerCase("AdaptiveAvgPool2d((1, 2))", [1, 2, 4, 5]) { _ in
    AdaptiveAvgPool2d([1, 2])
  },
  "adaptiveMaxPool1d": LayerCase("AdaptiveMaxPool1d(2)", [1, 2, 5]) { _ in AdaptiveMaxPool1d(2) },
  "adaptiveMaxPool2d": LayerCase("AdaptiveMaxPool2d(2)", [1, 2, 4, 5]) { _ in AdaptiveMaxPool2d(2)
  },
  "batchNorm1d": LayerCase("BatchNorm1d(3)", [4, 3]) { _ in
    BatchNorm1d(3)
  } as: { layer, x in
    joined(layer(x[0]), layer(2 * x[0]), layer.runningMean!, layer.runningVar!)
  },
  "batchNorm1d, evaluation": LayerCase("BatchNorm1d(2, momentum=None)", [4, 2, 3]) { _ in
    BatchNorm1d(2, momentum: nil)
  } use: {
    layer, x in
    _ = layer(x[0])
    _ = layer(x[0] + 1)
    return layer.eval()(x[0])
  },
  "batchNorm2d": LayerCase("BatchNorm2d(2, eps=0.01, affine=False)", [2, 2, 2, 3]) { _ in
    BatchNorm2d(2, eps: 0.01, affine: false)
  },
  "batchNorm2d, batch only": LayerCase("BatchNorm2d(2, track_running_stats=False)", [2, 2, 2, 3]) {
    _ in
    BatchNorm2d(2, trackRunningStats: false)
  } use: {
    $0.eval()($1[0])
  },
  "layerNorm": LayerCase("LayerNorm((2, 3))", [4, 2, 3]) { _ in LayerNorm([2, 3]) },
  "layerNorm, no bias": LayerCase("LayerNorm(3, bias=False)", [4, 3]) { _ in
    LayerNorm(3, bias: false)
  },
  "rmsNorm": LayerCase("RMSNorm(4)", [3, 4]) { _ in RMSNorm(4) },
  "groupNorm": LayerCase("GroupNorm(2, 4)", [2, 4, 3]) { _ in GroupNorm(2, 4) },
  "relu6": LayerCase("ReLU6()", [3, 3]) { _ in
    ReLU6()
  } use: {
    $0(4 * $1[0])
  },
  "leakyRelu": LayerCase("LeakyReLU(0.2)", [3, 3]) { _ in LeakyReLU(0.2) },
  "prelu": LayerCase("PReLU(3)", [2, 3, 2]) { _ in PReLU(3) },
  "elu": LayerCase("ELU(0.5)", [3, 3]) { _ in ELU(0.5) },
  "gelu": LayerCase("GELU(approximate='tanh')", [3, 3]) { _ in GELU(approximate: .tanh) },
  "softplus": LayerCase("Softplus(2.0)", [3, 3]) { _ in Softplus(beta: 2) },
  "hardtanh": LayerCase("Hardtanh(-0.5, 2.0)", [3, 3]) { _ in Hardtanh(min: -0.5, max: 2) },
  "softmax": LayerCase("Softmax(dim=1)", [3, 3]) { _ in Softmax(dim: 1) },
  "logSoftmax": LayerCase("LogSoftmax(dim=0)", [3, 3]) { _ in LogSoftmax(dim: 0) },
  "glu": LayerCase("GLU()", [3, 4]) { _ in GLU() },
  "relu": LayerCase("ReLU()", [3, 3]) { _ in ReLU() },
  "selu": LayerCase("SELU()", [3, 3]) { _ in SELU() },
  "silu": LayerCase("SiLU()", [3, 3]) { _ in SiLU() },
  "mish": LayerCase("Mish()", [3, 3]) { _ in Mish() },
  "tanh": LayerCase("Tanh()", [3, 3]) { _ in Tanh() },
  "sigmoid": LayerCase("Sigmoid()", [3, 3]) { _ in Sigmoid() },
  "logSigmoid": LayerCase("LogSigmoid()", [3, 3]) { _ in LogSigmoid() },
  "softsign": LayerCase("Softsign()", [3, 3]) { _ in Softsign() },
  "hardswish": LayerCase("Hardswish()", [3, 3]) { _ in
    Hardswish()
  } use: {
    $0(3 * $1[0])
  },
  "hardsigmoid": LayerCase("Hardsigmoid()", [3, 3]) { _ in
    Hardsigmoid()
  } use: {
    $0(3 * $1[0])
  },
  "upsample": LayerCase("Upsample(scale_factor=2)", [1, 2, 3]) { _ in Upsample(scaleFactor: 2) },
  "upsample, bilinear": LayerCase("Upsample(size=(3, 5), mode='bilinear')", [1, 1, 2, 3]) { _ in
    Upsample(size: [3, 5], mode: .bilinear)
  },
  "rnn": LayerCase("RNN(2, 3, nonlinearity='relu')", [4, 2, 2]) {
    RNN(2, 3, nonlinearity: .relu, generator: $0)
  } as: { layer, x in
    let (output, h) = layer(x[0], nil)
    return joined(output, h)
  },
  "rnn, no batch": LayerCase("RNN(2, 3)", [4, 2], [1, 3]) {
    RNN(2, 3, generator: $0)
  } as: { layer, x in
    let (output, h) = layer(x[0], x[1])
    return joined(output, h)
  },
  "lstm": LayerCase("LSTM(2, 3, num_layers=2, bidirectional=True)", [3, 2, 2]) {
    LSTM(2, 3, numLayers: 2, bidirectional: true, generator: $0)
  } as: {
    layer, x in
    let (output, states) = layer(x[0], nil)
    return joined(output, states.h, states.c)
  },
  "lstm, batch first": LayerCase(
    "LSTM(2, 3, batch_first=True, bias=False)", [2, 3, 2], [1, 2, 3], [1, 2, 3]
  ) {
    LSTM(2, 3, bias: false, batchFirst: true, generator: $0)
  } as: {
    layer, x in
    let (output, states) = layer(x[0], (x[1], x[2]))
    return joined(output, states.h, states.c)
  },
  "gru": LayerCase("GRU(2, 3, bidirectional=True)", [3, 2, 2]) {
    GRU(2, 3, bidirectional: true, generator: $0)
  } as: { layer, x in
    let (output, h) = layer(x[0], nil)
    return joined(output, h)
  },
  "rnnCell": LayerCase("RNNCell(2, 3)", [4, 2], [4, 3]) {
    RNNCell(2, 3, generator: $0)
  } as: {
    $0($1[0], $1[1])
  },
  "lstmCell": LayerCase("LSTMCell(2, 3)", [4, 2]) {
    LSTMCell(2, 3, generator: $0)
  } as: { layer, x in
    let (h, c) = layer(x[0], nil)
    return joined(h, c)
  },
  "gruCell": LayerCase("GRUCell(2, 3, bias=False)", [4, 2], [4, 3]) {
    GRUCell(2, 3, bias: false, generator: $0)
  } as: {
    $0($1[0], $1[1])
  },
  "multiheadAttention": LayerCase("MultiheadAttention(4, 2)", [3, 2, 4], [5, 2, 4], [5, 2, 4]) {
    MultiheadAttention(4, 2, generator: $0)
  } as: {
    joined($0($1[0], $1[1], $1[2]))
  },
  "multiheadAttention, masks": LayerCase(
    "MultiheadAttention(4, 2, bias=False, batch_first=True)", [2, 3, 4]
  ) {
    MultiheadAttention(4, 2, bias: false, batchFirst: true, generator: $0)
  } as: { layer, x in
    joined(
      layer(
        x[0], x[0], x[0], keyPaddingMask: padding, attnMask: hidden, averageAttnWeights: false))
  },
  "multiheadAttention, no weights": LayerCase("MultiheadAttention(4, 2)", [3, 4]) {
    MultiheadAttention(4, 2, generator: $0)
  } as: {
    joined($0($1[0], $1[0], $1[0], isCausal: true, needWeights: false))
  },
  "transformerEncoderLayer": LayerCase("TransformerEncoderLayer(4, 2, 6, dropout=0.0)", [3, 2, 4]) {
    TransformerEncoderLayer(4, 2, dimFeedforward: 6, dropout: 0, generator: $0)
  },
  "transformerEncoderLayer, norm first": LayerCase(
    "TransformerEncoderLayer(4, 2, 6, dropout=0.0, activation='gelu', batch_first=True, norm_first=True)",
    [2, 3, 4]
  ) {
    TransformerEncoderLayer(
      4, 2, dimFeedforward: 6, dropout: 0, activation: .gelu, batchFirst: true, normFirst: true,
      generator: $0)
  } as: {
    $0($1[0], srcMask: hidden, srcKeyPaddingMask: padding)
  },
  "transformerEncoder": LayerCase(
    "TransformerEncoder(TransformerEncoderLayer(4, 2, 6, dropout=0.0), 2, LayerNorm(4), enable_nested_tensor=False)",
    [3, 2, 4]
  ) {
    TransformerEncoder(
      TransformerEncoderLayer(4, 2, dimFeedforward: 6, dropout: 0, generator: $0), 2,
      norm: LayerNorm(4))
  },
  "transformerDecoderLayer": LayerCase(
    "TransformerDecoderLayer(4, 2, 6, dropout=0.0, norm_first=True)", [3, 2, 4], [5, 2, 4]
  ) {
    TransformerDecoderLayer(
      4, 2, dimFeedforward: 6, dropout: 0, normFirst: true, generator: $0)
  } as: {
    $0($1[0], $1[1])
  },
  "transformerDecoder": LayerCase(
    "TransformerDecoder(TransformerDecoderLayer(4, 2, 6, dropout=0.0), 2)", [3, 2, 4], [5, 2, 4]
  ) {
    TransformerDecoder(
      TransformerDecoderLayer(4, 2, dimFeedforward: 6, dropout: 0, generator: $0), 2)
  } as: {
    $0($1[0], $1[1], tgtMask: hidden)
  },
]
