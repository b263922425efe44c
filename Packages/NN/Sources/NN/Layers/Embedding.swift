/// Rows of a table by their places: `torch.nn.Embedding`.
///
/// Input of whole numbers in any shape, output with the size of a row as a last dim.
open class Embedding: Module {
  /// How many rows.
  public let numEmbeddings: Int
  /// How many numbers each row has.
  public let embeddingDim: Int
  /// A row that is 0 at first and gets no gradient.
  public let paddingIdx: Int?
  /// Of shape [numEmbeddings, embeddingDim].
  @Parameter public var weight: Tensor

  /// Rows are drawn from the normal distribution.
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
    guard !x.dtype.isFloatingPoint else { fail("places are whole numbers; got \(x.dtype)") }
    guard let paddingIdx else { return .embedding(x, weight) }
    // The row of the padding keeps its value and hands on no gradient.
    let isPadding = (x .== paddingIdx).unsqueeze(-1)
    return .where(isPadding, weight.detach()[paddingIdx], .embedding(x, weight))
  }

  open override var arguments: ModuleArguments {
    [
      "num_embeddings": numEmbeddings, "embedding_dim": embeddingDim, "padding_idx": paddingIdx,
    ]
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["num_embeddings"], try arguments["embedding_dim"],
      paddingIdx: try arguments["padding_idx"])
  }

  open override var extraDescription: String {
    "\(numEmbeddings), \(embeddingDim)" + (paddingIdx.map { ", padding_idx=\($0)" } ?? "")
  }
}
