import NN

/// Three convolutions with normalization and a connection around the last two.
final class ResidualCNN: Module {
  let first = Conv2d(3, 32, kernelSize: 3, padding: 1, bias: false)
  let norm1 = BatchNorm2d(32)
  let second = Conv2d(32, 32, kernelSize: 3, padding: 1, bias: false)
  let norm2 = BatchNorm2d(32)
  let third = Conv2d(32, 32, kernelSize: 3, padding: 1, bias: false)
  let norm3 = BatchNorm2d(32)
  let head = Linear(32, 10)

  override func forward(_ x: Tensor) -> Tensor {
    let x = norm1(first(x)).relu()
    let y = norm3(third(norm2(second(x)).relu()))
    return head((x + y).relu().mean(dims: [2, 3]))
  }
}

/// A GPT with four transformer layers and a vocabulary of 64 characters.
final class GPT: Module {
  let embedding: Embedding
  let positions: Embedding
  let layers: ModuleList
  let norm: LayerNorm
  let head: Linear

  init(width: Int, length: Int) {
    embedding = Embedding(64, width)
    positions = Embedding(length, width)
    layers = ModuleList(
      (0..<4).map { _ in
        TransformerEncoderLayer(
          width, 4, dimFeedforward: 4 * width, dropout: 0, activation: .gelu, batchFirst: true,
          normFirst: true)
      })
    norm = LayerNorm(width)
    head = Linear(width, 64)
    super.init()
  }

  /// The multiplications and additions of a training step's products: the derivatives take twice
  /// those of the model. Of attention's scores, half are masked.
  static func operations(width: Int, length: Int, batch: Int) -> Double {
    let weights = 4 * 12 * width * width + 64 * width
    let attention = 4 * length * width
    return 3 * 2 * Double(batch * length * (weights + attention))
  }

  override func forward(_ x: Tensor) -> Tensor {
    var y = embedding(x) + positions(Tensor.arange(x.shape[1], device: x.device))
    for case let layer as TransformerEncoderLayer in layers {
      y = layer(y, srcMask: nil, isCausal: true)
    }
    return head(norm(y))
  }
}

/// An encoder as BERT's, with four layers and a vocabulary of 1000 words.
final class BERT: Module {
  let embedding = Embedding(1000, 128)
  let positions = Embedding(64, 128)
  let encoder = TransformerEncoder(
    TransformerEncoderLayer(
      128, 4, dimFeedforward: 512, dropout: 0, activation: .gelu, batchFirst: true), 4)
  let head = Linear(128, 1000)

  /// - Parameter padding: true at the places after the end of a sentence, [batch, length].
  func callAsFunction(_ x: Tensor, padding: Tensor) -> Tensor {
    let y = embedding(x) + positions(Tensor.arange(x.shape[1], device: x.device))
    return head(encoder(y, mask: nil, srcKeyPaddingMask: padding))
  }
}

/// A variational autoencoder with 20 latent variables; Kingma and Welling, 2013.
final class VAE: Module {
  let encoder = Linear(784, 400)
  let mean = Linear(400, 20)
  let logVariance = Linear(400, 20)
  let decoder = Sequential(Linear(20, 400), ReLU(), Linear(400, 784))

  /// The reconstruction's binary cross entropy and the divergence from a normal distribution.
  func loss(_ x: Tensor) -> Tensor {
    let hidden = encoder(x).relu()
    let (mean, logVariance) = (mean(hidden), logVariance(hidden))
    let z = mean + Tensor.randn(mean.shape).to(x.device) * (logVariance * 0.5).exp()
    let divergence = (logVariance + 1 - mean.square() - logVariance.exp()).sum() * -0.5
    return bceWithLogits(decoder(z), x, reduction: .sum) + divergence
  }
}
