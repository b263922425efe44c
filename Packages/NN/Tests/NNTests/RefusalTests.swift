import NN
import Testing

/// Inputs that layers and losses reject, as in PyTorch.
@Suite struct RefusalTests {
  @Test func rowsThatAreNotThere() async {
    await expectMessage(
      "embedding: index -1 is out of range in dim 0 of a tensor of shape [3, 2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Embedding(3, 2)(Tensor([0, -1]))
      })
    let layer = Embedding(3, 2, paddingIdx: -1)
    layer(Tensor([0, 2])).sum().backward()
    #expect(layer.weight.grad!.scalars() == [Float(1), 1, 0, 0, 0, 0])
  }

  @Test func otherTypes() async {
    await expectMessage(
      "linear: input int64 [1, 2], weight float32 [3, 2], bias float32; they must have one dtype",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Linear(2, 3)(Tensor([[1, 2]]))
      })
    await expectMessage(
      "linear: input float64 [1, 2], weight float32 [3, 2]; they must have one dtype",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Linear(2, 3, bias: false)(.zeros([1, 2], dtype: .float64))
      })
    #expect(Linear(2, 3, dtype: .float64)(.zeros([1, 2], dtype: .float64)).dtype == .float64)
  }

  @Test func sequencesWithoutSteps() async {
    await expectMessage(
      "LSTM: a sequence of length 0, of shape [0, 1, 2]; it must have at least one step",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LSTM(2, 3)(Tensor.zeros([0, 1, 2]), nil)
      })
  }

  @Test func margins() async {
    await expectMessage(
      "tripletMarginLoss: margin -1.0; it must be above 0",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tensor.ones([2, 3])
        _ = tripletMarginLoss(x, x, x, margin: -1)
      })
  }
}
