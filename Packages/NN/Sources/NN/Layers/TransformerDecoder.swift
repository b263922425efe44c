/// Self-attention, attention to an encoder's output, then two linear layers, each added to its input:
/// `torch.nn.TransformerDecoderLayer`; Vaswani and others, 2017.
open class TransformerDecoderLayer: Module {
  /// Attention within the sequence.
  public let selfAttn: MultiheadAttention
  /// Attention to the memory.
  public let multiheadAttn: MultiheadAttention
  /// The first linear layer.
  public let linear1: Linear
  /// Dropout between the two linear layers.
  public let dropout: Dropout
  /// The second linear layer.
  public let linear2: Linear
  /// A normalisation.
  public let norm1: LayerNorm
  /// A normalisation.
  public let norm2: LayerNorm
  /// A normalisation.
  public let norm3: LayerNorm
  /// Dropout of what a part adds.
  public let dropout1: Dropout
  /// Dropout of what a part adds.
  public let dropout2: Dropout
  /// Dropout of what a part adds.
  public let dropout3: Dropout
  fileprivate let settings: TransformerSettings

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - dModel: how many features each place has.
  ///   - nhead: how many heads.
  ///   - dimFeedforward: how many features there are between the two linear layers.
  ///   - dropout: the share that is set to zero while training.
  ///   - activation: what is between the two linear layers.
  ///   - layerNormEps: ε of the normalisations.
  ///   - batchFirst: whether inputs are [batch, length, features] in place of [length, batch,
  ///     features].
  ///   - normFirst: whether inputs are normalised before each part, rather than sums after it.
  ///   - bias: whether there is a bias.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  ///   - generator: where random numbers come from; nil: the default one whenever they are drawn.
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

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
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

  /// Runs the layer.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - memory: the encoder's output.
  ///   - tgtMask: of bool, true where a place may not look; or numbers to add.
  ///   - memoryMask: of bool, true where a place may not look; or numbers to add.
  ///   - tgtKeyPaddingMask: which places of the target are filled up.
  ///   - memoryKeyPaddingMask: which places of the memory are filled up.
  ///   - tgtIsCausal: whether places may only look at those before them.
  public func callAsFunction(
    _ x: Tensor, _ memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    tgtIsCausal: Bool = false
  ) -> Tensor {
    run([x, memory]) {
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

/// Decoder layers one after the other: `torch.nn.TransformerDecoder`.
open class TransformerDecoder: Module {
  /// The layers.
  public let layers: ModuleList
  /// A normalisation after the last layer, if any.
  public let norm: LayerNorm?

  /// Creates a decoder of several copies of a layer.
  public init(_ layer: TransformerDecoderLayer, _ numLayers: Int, norm: LayerNorm? = nil) {
    layers = ModuleList(
      (0..<numLayers).map { _ in
        layer.copied(layer.dropout.generator) { TransformerDecoderLayer(layer.settings, $0) }
      })
    self.norm = norm
    super.init()
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public init(arguments: ModuleArguments) throws {
    layers = try arguments.module("layers")
    norm = try arguments.optionalModule("norm")
    super.init()
  }

  /// Decodes a sequence, given what the encoder gives.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - memory: what the encoder gives.
  ///   - tgtMask: for attention within the target.
  ///   - memoryMask: for attention to the memory.
  ///   - tgtKeyPaddingMask: which places of the target are filled up.
  ///   - memoryKeyPaddingMask: which places of the memory are filled up.
  ///   - tgtIsCausal: whether a place of the target sees only those before it.
  public func callAsFunction(
    _ x: Tensor, _ memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    tgtIsCausal: Bool = false
  ) -> Tensor {
    run([x, memory]) {
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
