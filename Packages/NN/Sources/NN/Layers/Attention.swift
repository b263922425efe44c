@_spi(Flambeau) import Tensors

/// Multi-head attention, softmax(q·kᵀ / √d)·v in each head: `torch.nn.MultiheadAttention`.
///
/// Queries of shape [length, batch, embedDim], keys and values of [keys, batch, embedDim]; with
/// `batchFirst` the batch comes first, or there is none.
///
/// Vaswani et al., 2017.
open class MultiheadAttention: Module {
  /// The number of features of each position.
  public let embedDim: Int
  /// The number of heads.
  public let numHeads: Int
  /// The dropout probability of the attention weights in training.
  public let dropout: Double
  /// Whether inputs are [batch, length, features] instead of [length, batch, features].
  public let batchFirst: Bool
  /// The weight of the projections of queries, keys and values, of shape [3 · embedDim, embedDim].
  @Parameter public var inProjWeight: Tensor
  /// The bias of these projections, of shape [3 · embedDim]; nil for none.
  @Parameter public var inProjBias: Tensor?
  /// The output projection.
  public let outProj: Linear
  private let generator: Generator?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - embedDim: number of features of each position.
  ///   - numHeads: number of heads.
  ///   - dropout: dropout probability of the attention weights in training.
  ///   - bias: whether to add a learnable bias.
  ///   - batchFirst: whether inputs are [batch, length, features] instead of [length, batch,
  ///     features].
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator; nil: the default generator at each draw.
  public init(
    _ embedDim: Int, _ numHeads: Int, dropout: Double = 0, bias: Bool = true,
    batchFirst: Bool = false, dtype: DType = .float32, device: Device = .default,
    generator: Generator? = nil
  ) {
    guard numHeads > 0, embedDim % numHeads == 0, (0...1).contains(dropout) else {
      fatalError(
        "MultiheadAttention: embedDim \(embedDim) cannot be split into \(numHeads) heads, or dropout "
          + "\(dropout) is not from 0 to 1")
    }
    self.embedDim = embedDim
    self.numHeads = numHeads
    self.dropout = dropout
    self.batchFirst = batchFirst
    self.generator = generator
    outProj = Linear(
      embedDim, embedDim, bias: bias, dtype: dtype, device: device,
      generator: generator ?? .default)
    let drawn = Tensor.empty([3 * embedDim, embedDim], dtype: dtype, device: device)
    Init.xavierUniform(drawn, generator: generator ?? .default)
    inProjWeight = drawn
    inProjBias = bias ? .zeros([3 * embedDim], dtype: dtype, device: device) : nil
    super.init()
    if let bias = outProj.bias { Init.constant(bias, 0) }
  }

  open override var arguments: ModuleArguments {
    [
      "embed_dim": embedDim, "num_heads": numHeads, "dropout": dropout,
      "bias": inProjBias != nil, "batch_first": batchFirst,
    ]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["embed_dim"], try arguments["num_heads"], dropout: try arguments["dropout"],
      bias: try arguments["bias"], batchFirst: try arguments["batch_first"])
  }

  open override var extraDescription: String { "" }

  /// Self-attention.
  open override func forward(_ x: Tensor) -> Tensor {
    self(x, x, x, needWeights: false).output
  }

  /// Attention of queries to keys and values. The shapes of query, key, value and output are given
  /// for `batchFirst`; otherwise their first two dims are swapped.
  ///
  /// - Parameters:
  ///   - query: of shape [batch, length, features].
  ///   - key: of shape [batch, length of keys, features].
  ///   - value: of shape [batch, length of keys, features].
  ///   - keyPaddingMask: of shape [batch, keys]; bool, true for keys to ignore, or floating point,
  ///     added to the scores.
  ///   - attnMask: of shape [length, keys] or [batch · heads, length, keys]; bool or floating
  ///     point, as for `keyPaddingMask`.
  ///   - isCausal: whether each query attends only to keys up to its own position.
  ///   - needWeights: whether to return the attention weights too, which takes more memory.
  ///   - averageAttnWeights: whether to return the weights averaged over the heads.
  /// - Returns: the output, in the shape of the queries, and the weights, of shape [batch, length,
  ///   keys], or [batch, heads, length, keys] if they are not averaged.
  public func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, keyPaddingMask: Tensor? = nil,
    attnMask: Tensor? = nil, isCausal: Bool = false, needWeights: Bool = true,
    averageAttnWeights: Bool = true
  ) -> (output: Tensor, weights: Tensor?) {
    run(query, key, value) {
      let isBatch = query.ndim == 3
      for input in [query, key, value]
      where input.ndim != query.ndim || !(2...3).contains(input.ndim)
        || input.shape[input.ndim - 1] != embedDim
      {
        fail("expected [length, batch, \(embedDim)] or [length, \(embedDim)], got \(input.shape)")
      }
      func arranged(_ x: Tensor) -> Tensor {
        isBatch ? (batchFirst ? x : x.transpose(0, 1)) : x.unsqueeze(0)
      }
      let (q, k, v) = projections(query, key, value, arranged)
      let mask = mask(
        attnMask, keyPaddingMask.map { isBatch ? $0 : $0.unsqueeze(0) }, isCausal: isCausal, q, k)
      let (heads, weights) = attend(
        q, k, v, mask, isCausal: isCausal && mask == nil, needWeights: needWeights)
      let joined = heads.transpose(1, 2).flatten(startDim: 2)
      let output = outProj(joined)
      let mean = weights.map { averageAttnWeights ? $0.mean(dim: 1) : $0 }
      return (
        isBatch ? (batchFirst ? output : output.transpose(0, 1)) : output.squeeze(0),
        isBatch ? mean : mean?.squeeze(0)
      )
    }
  }

  /// Queries, keys and values as [batch, heads, length, size].
  private func projections(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ arranged: (Tensor) -> Tensor
  ) -> (Tensor, Tensor, Tensor) {
    func heads(_ x: Tensor) -> Tensor {
      x.unflatten(-1, [numHeads, embedDim / numHeads]).transpose(1, 2)
    }
    if query === key, key === value {
      let all = arranged(query).linear(inProjWeight, bias: inProjBias).chunk(3, dim: -1)
      return (heads(all[0]), heads(all[1]), heads(all[2]))
    }
    let (weights, biases) = (inProjWeight.chunk(3), inProjBias?.chunk(3))
    let parts = [query, key, value].enumerated().map { place, x in
      heads(arranged(x).linear(weights[place], bias: biases?[place]))
    }
    return (parts[0], parts[1], parts[2])
  }

  /// All masks combined into one, to be added to scores of shape [batch, heads, length, keys]; nil
  /// without `attnMask` and `keyPaddingMask`.
  private func mask(
    _ attention: Tensor?, _ padding: Tensor?, isCausal: Bool, _ q: Tensor, _ k: Tensor
  ) -> Tensor? {
    func additive(_ mask: Tensor) -> Tensor {
      guard mask.dtype == .bool else { return mask.to(q.dtype) }
      return Tensor.zeros(mask.shape, dtype: q.dtype, device: q.device)
        .maskedFill(mask, -Double.infinity)
    }
    let (batch, length, keys) = (q.shape[0], q.shape[2], k.shape[2])
    var sum: Tensor?
    if let attention {
      let shape = attention.ndim == 3 ? [batch * numHeads, length, keys] : [length, keys]
      guard attention.shape == shape else {
        fail("expected attnMask \(shape), got \(attention.shape)")
      }
      let whole = additive(attention)
      sum = attention.ndim == 3 ? whole.unflatten(0, [batch, numHeads]) : whole
    } else if isCausal, padding != nil {
      sum = additive(
        Tensor.ones([length, keys], dtype: .bool, device: q.device).triu(diagonal: 1))
    }
    if let padding {
      guard padding.shape == [batch, keys] else {
        fail("expected keyPaddingMask [\(batch), \(keys)], got \(padding.shape)")
      }
      let own = additive(padding).unsqueeze(1).unsqueeze(1)
      sum = sum.map { $0 + own } ?? own
    }
    return sum
  }

  private func attend(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, _ mask: Tensor?, isCausal: Bool, needWeights: Bool
  ) -> (Tensor, Tensor?) {
    let drops = dropout > 0 && isTraining
    if !needWeights, !drops {
      return (q.scaledDotProductAttention(k, v, mask: mask, isCausal: isCausal), nil)
    }
    var scores = (q / Double(q.shape[3]).squareRoot()).matmul(k.mT)
    if isCausal {
      let size = Array(scores.shape.suffix(2))
      let ahead = Tensor.ones(size, dtype: .bool, device: q.device).triu(diagonal: 1)
      scores = scores.maskedFill(ahead, -Double.infinity)
    }
    var weights = scores.attentionWeights(mask: mask)
    if drops { weights = Dropout.drop(weights, dropout, like: weights, generator) }
    return (weights.matmul(v), needWeights ? weights : nil)
  }

}
