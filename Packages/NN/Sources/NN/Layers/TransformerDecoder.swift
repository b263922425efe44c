/// Self-attention, cross-attention to an encoder's output and a feedforward network, each with a
/// residual connection and layer normalization: `torch.nn.TransformerDecoderLayer`; Vaswani et al.,
/// 2017.
open class TransformerDecoderLayer: Module {
  /// Attention within the sequence.
  public let selfAttn: MultiheadAttention
  /// Cross-attention to the memory, the encoder's output.
  public let multiheadAttn: MultiheadAttention
  /// The first linear layer of the feedforward sublayer.
  public let linear1: Linear
  /// Dropout between the two linear layers.
  public let dropout: Dropout
  /// The second linear layer of the feedforward sublayer.
  public let linear2: Linear
  /// The layer normalization of the self-attention sublayer.
  public let norm1: LayerNorm
  /// The layer normalization of the cross-attention sublayer.
  public let norm2: LayerNorm
  /// The layer normalization of the feedforward sublayer.
  public let norm3: LayerNorm
  /// Dropout of the self-attention sublayer's output.
  public let dropout1: Dropout
  /// Dropout of the cross-attention sublayer's output.
  public let dropout2: Dropout
  /// Dropout of the feedforward sublayer's output.
  public let dropout3: Dropout
  fileprivate let settings: TransformerSettings

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - dModel: number of features of each position.
  ///   - nhead: number of heads.
  ///   - dimFeedforward: number of features between the two linear layers.
  ///   - dropout: dropout probability in training.
  ///   - activation: activation between the two linear layers.
  ///   - layerNormEps: ε of the layer normalizations.
  ///   - batchFirst: whether inputs are [batch, length, features] instead of [length, batch,
  ///     features].
  ///   - normFirst: whether layer normalization comes before each sublayer (pre-norm) rather than
  ///     after it (post-norm).
  ///   - bias: whether linear layers and layer normalizations have a bias.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator; nil: the default generator at each draw.
  public convenience init(
    _ dModel: Int, _ nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5,
    batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    dtype: DType = .float32, device: Device = .default, generator: Generator? = nil
  ) {
    self.init(
      TransformerSettings(
        dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
        activation: activation, layerNormEps: layerNormEps, batchFirst: batchFirst,
        normFirst: normFirst, bias: bias, dtype: dtype, device: device), generator)
  }

  open override var arguments: ModuleArguments { settings.arguments }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(try TransformerSettings(arguments), .default)
  }

  open override var extraDescription: String { "" }

  fileprivate init(_ settings: TransformerSettings, _ generator: Generator?) {
    func drop() -> Dropout { Dropout(settings.dropout, generator: generator) }
    selfAttn = settings.attention(generator)
    multiheadAttn = settings.attention(generator)
    linear1 = settings.linear(settings.dModel, settings.dimFeedforward, generator)
    dropout = drop()
    linear2 = settings.linear(settings.dimFeedforward, settings.dModel, generator)
    norm1 = settings.norm()
    norm2 = settings.norm()
    norm3 = settings.norm()
    dropout1 = drop()
    dropout2 = drop()
    dropout3 = drop()
    self.settings = settings
    super.init()
  }

  /// The output of the layer, in the shape of `x`.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - memory: the encoder's output.
  ///   - tgtMask: self-attention mask; bool, true where attention is not allowed, or floating
  ///     point, added to the scores.
  ///   - memoryMask: cross-attention mask; as `tgtMask`.
  ///   - tgtKeyPaddingMask: [batch, target length], true for positions that are padding.
  ///   - memoryKeyPaddingMask: [batch, memory length], true for positions that are padding.
  ///   - tgtIsCausal: whether each position attends only to itself and those before it.
  public func callAsFunction(
    _ x: Tensor, _ memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    tgtIsCausal: Bool = false
  ) -> Tensor {
    run(x, memory) {
      func attend(_ x: Tensor) -> Tensor {
        dropout1(
          selfAttn(
            x, x, x, keyPaddingMask: tgtKeyPaddingMask, attnMask: tgtMask, isCausal: tgtIsCausal,
            needWeights: false
          ).output)
      }
      func look(_ x: Tensor) -> Tensor {
        dropout2(
          multiheadAttn(
            x, memory, memory, keyPaddingMask: memoryKeyPaddingMask, attnMask: memoryMask,
            needWeights: false
          ).output)
      }
      func feed(_ x: Tensor) -> Tensor {
        dropout3(linear2(dropout(settings.activation(linear1(x)))))
      }
      if settings.normFirst {
        let y = x + attend(norm1(x))
        let z = y + look(norm2(y))
        return z + feed(norm3(z))
      }
      let y = norm1(x + attend(x))
      let z = norm2(y + look(y))
      return norm3(z + feed(z))
    }
  }
}

/// A stack of decoder layers: `torch.nn.TransformerDecoder`.
open class TransformerDecoder: Module {
  /// The layers.
  public let layers: ModuleList
  /// The layer normalization after the last layer, if any.
  public let norm: LayerNorm?

  /// Creates a decoder of `numLayers` copies of a layer and its parameters.
  public init(_ layer: TransformerDecoderLayer, _ numLayers: Int, norm: LayerNorm? = nil) {
    layers = ModuleList(
      (0..<numLayers).map { _ in
        layer.copied(layer.dropout.generator) { TransformerDecoderLayer(layer.settings, $0) }
      })
    self.norm = norm
    super.init()
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public init(arguments: ModuleArguments) throws {
    layers = try arguments.module("layers")
    norm = try arguments.optionalModule("norm")
    super.init()
  }

  /// Decodes a sequence, given the encoder's output.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - memory: the encoder's output.
  ///   - tgtMask: mask of the self-attention within the target.
  ///   - memoryMask: mask of the cross-attention to the memory.
  ///   - tgtKeyPaddingMask: [batch, target length], true for positions that are padding.
  ///   - memoryKeyPaddingMask: [batch, memory length], true for positions that are padding.
  ///   - tgtIsCausal: whether each position of the target attends only to itself and those before
  ///     it.
  public func callAsFunction(
    _ x: Tensor, _ memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    tgtIsCausal: Bool = false
  ) -> Tensor {
    run(x, memory) {
      var y = x
      for case let layer as TransformerDecoderLayer in layers {
        y = layer(
          y, memory, tgtMask: tgtMask, memoryMask: memoryMask,
          tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask,
          tgtIsCausal: tgtIsCausal)
      }
      return norm?(y) ?? y
    }
  }
}
