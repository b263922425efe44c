import Foundation
import NN
import Testing

/// Layers that PyTorch lacks, or whose values are random.
@Suite struct SmallLayerTests {
  @Test func dropoutDrawsAsPyTorch() {
    // torch.manual_seed(0); torch.nn.functional.dropout(torch.ones(12), 0.7)
    let dropout = Dropout(0.7, generator: Generator(seed: 0))
    let kept = dropout(Tensor.ones([12]))
    let expected = Tensor([0.0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1]) / 0.3
    #expect(kept.allclose(expected))
    let x = Tensor.ones([1000], requiresGrad: true)
    let y = dropout(x)
    y.sum().backward()
    #expect(x.grad!.equal(y.detach()), "what is dropped hands on no gradient")
    #expect(dropout.eval()(x) === x)
    #expect(Dropout(1)(Tensor.ones([3])).equal(.zeros([3])))
    #expect(Dropout(0)(x) === x)
  }

  /// A layer without its own generator draws from the one that is the default when it runs, not
  /// when it was created.
  @Test func dropoutDrawsWhereItRuns() {
    let dropout = Generator(seed: 1).withDefault { Dropout(0.5) }
    let x = Tensor.ones([40])
    func drawn(_ seed: UInt64) -> Tensor { Generator(seed: seed).withDefault { dropout(x) } }
    #expect(drawn(2).equal(drawn(2)) && !drawn(2).equal(drawn(3)))
  }

  @Test func dropoutOfChannels() {
    let dropout = Dropout2d(0.5, generator: Generator(seed: 1))
    let sums = dropout(Tensor.ones([8, 8, 2, 3])).sum(dims: [2, 3]).flatten()
    let numbers = Set(sums.scalars(as: Double.self))
    #expect(numbers == [0, 12], "a channel goes or stays as a whole")
  }

  @Test func identityAndPadding() {
    let x = Tensor([[[1.0, 2, 3]]])
    #expect(Identity()(x) === x)
    #expect(Padding([1, 2], value: 7)(x).equal(Tensor([[[7.0, 1, 2, 3, 7, 7]]])))
    #expect(Padding([1, 1], mode: .reflect)(x).equal(Tensor([[[2.0, 1, 2, 3, 2]]])))
    #expect(Padding([1, 1]).description == "Padding((1, 1), value=0.0)")
  }

  @Test func sinusoidalPositions() {
    let positions = PositionalEncoding(4, maxLength: 10, dtype: .float64)
    let y = positions(Tensor.zeros([2, 3, 4], dtype: .float64))
    #expect(y.shape == [2, 3, 4] && y[0].equal(y[1]))
    #expect(y[0, 0].equal(Tensor([0.0, 1, 0, 1], dtype: .float64)))
    #expect(abs(y[0, 2, 0].item() - sin(2)) < 1e-15 && abs(y[0, 2, 3].item() - cos(0.02)) < 1e-15)
    #expect(positions.parameters().isEmpty && positions.stateDict().isEmpty)
  }

  /// Norms are preserved, and products of queries and keys depend only on their distance.
  @Test func rotaryPositions() {
    let positions = RotaryEmbedding(8, maxLength: 32, dtype: .float64)
    let (q, k) = (Tensor.randn([1, 8], dtype: .float64), Tensor.randn([1, 8], dtype: .float64))
    func turned(_ x: Tensor, _ place: Int) -> Tensor { positions(x, offset: place) }
    #expect(abs(turned(q, 5).norm().item() - q.norm().item()) < 1e-12)
    func product(_ a: Int, _ b: Int) -> Double { (turned(q, a) * turned(k, b)).sum().item() }
    #expect(abs(product(3, 7) - product(20, 24)) < 1e-12)
    #expect(abs(product(3, 7) - product(3, 8)) > 1e-6)
    #expect(
      positions(Tensor.ones([2, 4, 8], dtype: .float64))[0, 2].equal(
        turned(Tensor.ones([1, 8], dtype: .float64), 2)[0]))
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "PositionalEncoding: expected […, at most 4, 2], got [5, 2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = PositionalEncoding(2, maxLength: 4)(Tensor.zeros([5, 2]))
      })
    await expectMessage(
      "Dropout: a probability of 1.5",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = Dropout(1.5) })
    await expectMessage(
      "BatchNorm2d: expected 4 dims, the second of 3, got [2, 3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = BatchNorm2d(3)(Tensor.zeros([2, 3]))
      })
    await expectMessage(
      "LSTM: expected [length, batch, 2] or [length, 2], got [4, 1, 3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LSTM(2, 3)(Tensor.zeros([4, 1, 3])) as Tensor
      })
    await expectMessage(
      "MultiheadAttention: expected [length, batch, 4] or [length, 4], got [2, 5]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MultiheadAttention(4, 2)(Tensor.zeros([2, 5])) as Tensor
      })
  }
}
