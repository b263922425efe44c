/// A lookup table of embedding vectors: `torch.nn.Embedding`.
///
/// Input of integer indices in any shape […], output of shape […, embeddingDim].
open class Embedding: Module {
  /// The number of embeddings.
  public let numEmbeddings: Int
  /// The size of each embedding vector.
  public let embeddingDim: Int
  /// The index of the padding embedding, which is initialized to 0 and gets no gradient.
  public let paddingIdx: Int?
  /// The embeddings, of shape [numEmbeddings, embeddingDim].
  @Parameter public var weight: Tensor

  /// Creates the layer. Embeddings are drawn from N(0, 1).
  public init(
    _ numEmbeddings: Int, _ embeddingDim: Int, paddingIdx: Int? = nil, dtype: DType = .float32,
    device: Device = .default, generator: Generator = .default
  ) {
    self.numEmbeddings = numEmbeddings
    self.embeddingDim = embeddingDim
    if let paddingIdx, !(-numEmbeddings..<numEmbeddings).contains(paddingIdx) {
      fatalError("Embedding: paddingIdx \(paddingIdx) is out of range for \(numEmbeddings) rows")
    }
    self.paddingIdx = paddingIdx.map { $0 < 0 ? $0 + numEmbeddings : $0 }
    let shape = [numEmbeddings, embeddingDim]
    let drawn = Init.drawn(shape, dtype, device) {
      .randn(shape, dtype: dtype, device: device, generator: generator)
    }
    if let padding = self.paddingIdx { drawn[padding].fill(0) }
    weight = drawn
    super.init()
  }

  open override func forward(_ x: Tensor) -> Tensor {
    guard !x.dtype.isFloatingPoint else { fail("indices must be integers, got \(x.dtype)") }
    guard let paddingIdx else { return .embedding(x, weight) }
    // The padding embedding keeps its value and gets no gradient.
    let isPadding = (x .== paddingIdx).unsqueeze(-1)
    return .where(isPadding, weight.detach()[paddingIdx], .embedding(x, weight))
  }

  open override var arguments: ModuleArguments {
    [
      "num_embeddings": numEmbeddings, "embedding_dim": embeddingDim, "padding_idx": paddingIdx,
    ]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["num_embeddings"], try arguments["embedding_dim"],
      paddingIdx: try arguments["padding_idx"])
  }

  open override var extraDescription: String {
    "\(numEmbeddings), \(embeddingDim)" + (paddingIdx.map { ", padding_idx=\($0)" } ?? "")
  }
}
