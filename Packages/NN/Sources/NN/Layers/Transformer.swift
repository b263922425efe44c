/// The activation of a transformer layer.
public enum TransformerActivation: String, ModuleArgument, Sendable {
  /// ReLU or GELU, between the two linear layers.
  case relu, gelu

  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: x.relu()
    case .gelu: x.gelu()
    }
  }
}

/// The settings of transformer layers.
struct TransformerSettings {
  let dModel: Int
  let nhead: Int
  let dimFeedforward: Int
  let dropout: Double
  let activation: TransformerActivation
  let layerNormEps: Double
  let batchFirst: Bool
  let normFirst: Bool
  let bias: Bool
  let dtype: DType
  let device: Device

  var arguments: ModuleArguments {
    [
      "d_model": dModel, "nhead": nhead, "dim_feedforward": dimFeedforward, "dropout": dropout,
      "activation": activation, "layer_norm_eps": layerNormEps, "batch_first": batchFirst,
      "norm_first": normFirst, "bias": bias,
    ]
  }

  func attention(_ generator: Generator?) -> MultiheadAttention {
    MultiheadAttention(
      dModel, nhead, dropout: dropout, bias: bias, batchFirst: batchFirst, dtype: dtype,
      device: device, generator: generator)
  }

  func linear(_ inFeatures: Int, _ outFeatures: Int, _ generator: Generator?) -> Linear {
    Linear(
      inFeatures, outFeatures, bias: bias, dtype: dtype, device: device,
      generator: generator ?? .default)
  }

  func norm() -> LayerNorm {
    LayerNorm(dModel, eps: layerNormEps, bias: bias, dtype: dtype, device: device)
  }
}

extension TransformerSettings {
  init(_ arguments: ModuleArguments) throws {
    self.init(
      dModel: try arguments["d_model"], nhead: try arguments["nhead"],
      dimFeedforward: try arguments["dim_feedforward"], dropout: try arguments["dropout"],
      activation: try arguments["activation"], layerNormEps: try arguments["layer_norm_eps"],
      batchFirst: try arguments["batch_first"], normFirst: try arguments["norm_first"],
      bias: try arguments["bias"], dtype: .float32, device: .cpu)
  }
}

/// Self-attention and a feedforward network, each with a residual connection and layer
/// normalization: `torch.nn.TransformerEncoderLayer`; Vaswani et al., 2017.
open class TransformerEncoderLayer: Module {
  /// Attention within the sequence.
  public let selfAttn: MultiheadAttention
  /// The first linear layer of the feedforward sublayer.
  public let linear1: Linear
  /// Dropout between the two linear layers.
  public let dropout: Dropout
  /// The second linear layer of the feedforward sublayer.
  public let linear2: Linear
  /// The layer normalization of the self-attention sublayer.
  public let norm1: LayerNorm
  /// The layer normalization of the feedforward sublayer.
  public let norm2: LayerNorm
  /// Dropout of the self-attention sublayer's output.
  public let dropout1: Dropout
  /// Dropout of the feedforward sublayer's output.
  public let dropout2: Dropout
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
    linear1 = settings.linear(settings.dModel, settings.dimFeedforward, generator)
    dropout = drop()
    linear2 = settings.linear(settings.dimFeedforward, settings.dModel, generator)
    norm1 = settings.norm()
    norm2 = settings.norm()
    dropout1 = drop()
    dropout2 = drop()
    self.settings = settings
    super.init()
  }

  open override func forward(_ x: Tensor) -> Tensor { self(x, srcMask: nil) }

  /// The output of the layer, in the shape of `x`.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - srcMask: attention mask, [length, length]; bool, true where attention is not allowed, or
  ///     floating point, added to the scores.
  ///   - srcKeyPaddingMask: [batch, length], true for positions that are padding.
  ///   - isCausal: whether each position attends only to itself and those before it.
  public func callAsFunction(
    _ x: Tensor, srcMask: Tensor?, srcKeyPaddingMask: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor {
    run(x) {
      func attend(_ x: Tensor) -> Tensor {
        dropout1(
          selfAttn(
            x, x, x, keyPaddingMask: srcKeyPaddingMask, attnMask: srcMask, isCausal: isCausal,
            needWeights: false
          ).output)
      }
      func feed(_ x: Tensor) -> Tensor {
        dropout2(linear2(dropout(settings.activation(linear1(x)))))
      }
      if settings.normFirst {
        let y = x + attend(norm1(x))
        return y + feed(norm2(y))
      }
      let y = norm1(x + attend(x))
      return norm2(y + feed(y))
    }
  }
}

/// A stack of encoder layers: `torch.nn.TransformerEncoder`.
open class TransformerEncoder: Module {
  /// The layers.
  public let layers: ModuleList
  /// The layer normalization after the last layer, if any.
  public let norm: LayerNorm?

  /// Creates an encoder of `numLayers` copies of a layer.
  ///
  /// - Parameters:
  ///   - layer: layer to copy, with its parameters.
  ///   - numLayers: number of layers.
  ///   - norm: layer normalization after the last layer.
  public init(_ layer: TransformerEncoderLayer, _ numLayers: Int, norm: LayerNorm? = nil) {
    layers = ModuleList(
      (0..<numLayers).map { _ in
        layer.copied(layer.dropout.generator) { TransformerEncoderLayer(layer.settings, $0) }
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

  open override func forward(_ x: Tensor) -> Tensor { self(x, mask: nil) }

  /// Encodes a sequence.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - mask: attention mask, as in `MultiheadAttention`.
  ///   - srcKeyPaddingMask: [batch, length], true for positions that are padding.
  ///   - isCausal: whether each position attends only to itself and those before it.
  public func callAsFunction(
    _ x: Tensor, mask: Tensor?, srcKeyPaddingMask: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor {
    run(x) {
      var y = x
      for case let layer as TransformerEncoderLayer in layers {
        y = layer(y, srcMask: mask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal)
      }
      return norm?(y) ?? y
    }
  }
}

extension Module {
  /// A copy of this module and its parameters. Neither the given nor the default generator is
  /// advanced.
  func copied<Kind: Module>(
    _ generator: Generator?, _ make: (Generator?) -> Kind
  ) -> Kind {
    let state = generator?.state
    defer { if let state { generator?.state = state } }
    let new = Generator(seed: 0).withDefault { make(generator) }
    noGrad {
      for (own, copy) in zip(parameters(), new.parameters()) { copy.copy(from: own) }
    }
    return new
  }
}
