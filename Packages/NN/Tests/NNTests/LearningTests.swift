import Foundation
import NN
import Testing

/// Training runs that must reach a given loss or accuracy.
@Suite struct LearningTests {
  /// Three arms of a spiral, one for each class.
  @Test func aSpiral() {
    let generator = Generator(seed: 0)
    let count = 100
    var (points, classes): ([[Double]], [Int]) = ([], [])
    let noise: [Double] = Tensor.randn([3 * count], generator: generator).scalars()
    for arm in 0..<3 {
      for place in 0..<count {
        let radius = Double(place) / Double(count)
        let angle = Double(arm) * 4 + radius * 4 + noise[arm * count + place] * 0.15
        points.append([radius * sin(angle), radius * cos(angle)])
        classes.append(arm)
      }
    }
    let (x, y) = (Tensor(points), Tensor(classes))
    let model = Sequential(
      Linear(2, 64, generator: generator), ReLU(), Linear(64, 3, generator: generator))
    let optimizer = Adam(model.parameters(), lr: 0.02)
    for _ in 0..<400 {
      optimizer.zeroGrad()
      crossEntropy(model(x), y).backward()
      optimizer.step()
    }
    #expect(noGrad { accuracy(model(x), y) } > 0.97)
  }

  /// The sentence to memorize, character by character.
  private static let text = "the quick brown fox jumps over the lazy dog and runs away. "
  private static let letters = Array(Set(text)).sorted()

  private func characters() -> (x: Tensor, y: Tensor) {
    let codes = Self.text.map { Self.letters.firstIndex(of: $0)! }
    let length = 16
    let starts = 0..<codes.count
    func window(_ start: Int) -> [Int] { (0..<length).map { codes[(start + $0) % codes.count] } }
    return (Tensor(starts.map { window($0) }), Tensor(starts.map { window($0 + 1) }))
  }

  /// The mean loss of the last characters of each window, which are determined by the first ones.
  private func loss(_ scores: Tensor, _ y: Tensor) -> Tensor {
    crossEntropy(
      scores[.all, 8...].flatten(endDim: 1), y[.all, 8...].flatten())
  }

  @Test func aCharacterLSTM() {
    let generator = Generator(seed: 1)
    final class Writer: Module {
      let embedding: Embedding
      let lstm: LSTM
      let head: Linear
      init(_ letters: Int, _ generator: Generator) {
        embedding = Embedding(letters, 16, generator: generator)
        lstm = LSTM(16, 48, batchFirst: true, generator: generator)
        head = Linear(48, letters, generator: generator)
        super.init()
      }
      override func forward(_ x: Tensor) -> Tensor { head(lstm(embedding(x)) as Tensor) }
    }
    let (x, y) = characters()
    let model = Writer(Self.letters.count, generator)
    let optimizer = Adam(model.parameters(), lr: 0.02)
    var last = Double.infinity
    for _ in 0..<120 {
      optimizer.zeroGrad()
      let loss = loss(model(x), y)
      loss.backward()
      clipGradNorm(model.parameters(), maxNorm: 1)
      optimizer.step()
      last = loss.item()
    }
    #expect(last < 0.05, "\(last)")
  }

  @Test func aCharacterTransformer() {
    let generator = Generator(seed: 2)
    final class Writer: Module {
      let embedding: Embedding
      let positions = PositionalEncoding(32, maxLength: 16)
      let encoder: TransformerEncoder
      let head: Linear
      init(_ letters: Int, _ generator: Generator) {
        embedding = Embedding(letters, 32, generator: generator)
        encoder = TransformerEncoder(
          TransformerEncoderLayer(
            32, 4, dimFeedforward: 64, dropout: 0, batchFirst: true, generator: generator), 2)
        head = Linear(32, letters, generator: generator)
        super.init()
      }
      override func forward(_ x: Tensor) -> Tensor {
        head(encoder(positions(embedding(x)), mask: nil, isCausal: true))
      }
    }
    let (x, y) = characters()
    let model = Writer(Self.letters.count, generator)
    let optimizer = AdamW(model.parameters(), lr: 0.005)
    var last = Double.infinity
    for _ in 0..<120 {
      optimizer.zeroGrad()
      let loss = loss(model(x), y)
      loss.backward()
      optimizer.step()
      last = loss.item()
    }
    #expect(last < 0.05, "\(last)")
  }
}
