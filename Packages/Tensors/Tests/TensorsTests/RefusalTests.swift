import Tensors
import Testing

/// Meaningless operations are rejected, as in PyTorch.
@Suite struct RefusalTests {
  @Test func limitsInTheWrongOrder() async {
    await expectMessage(
      "uniform: no numbers from 3.0 up to -1.0",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.uniform([2], low: 3, high: -1)
      })
    await expectMessage(
      "arange: no steps of 2 lead from 5 to 4",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.arange(5, 4, step: 2)
      })
    await expectMessage(
      "hardtanh: min 0.5 and max -0.5",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1.0]).hardtanh(min: 0.5, max: -0.5)
      })
    #expect(Tensor.arange(5, 5, step: 2).shape == [0])
    #expect(Tensor.arange(5, 4, step: -2).scalars(as: Int.self) == [5])
    #expect(Tensor.uniform([2], low: 3, high: 3).scalars() == [Float(3), 3])
    #expect(Tensor([1.0]).hardtanh(min: 0.5, max: 0.5).item() == 0.5)
  }

  @Test func negativeTolerances() async {
    await expectMessage(
      "isclose: rtol -0.1 and atol 1e-08; neither may be negative",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1.0]).allclose(Tensor([1.0]), rtol: -0.1)
      })
    await expectMessage(
      "isclose: rtol 1e-05 and atol -1.0; neither may be negative",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1.0]).isclose(Tensor([1.0]), atol: -1)
      })
  }

  @Test func nothingToWorkOn() async {
    await expectMessage(
      "roll: a tensor without dims cannot be rolled along dims [0]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor(1.0).roll([1], dims: [0])
      })
    await expectMessage(
      "maxPool1d: input [1, 3, 0]; expected [batch, channels, length]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([1, 3, 0]).maxPool1d(2, padding: 1)
      })
    await expectMessage(
      "multinomial: 2 draws without replacement from fewer weights above 0",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([[1.0, 1, 0], [1, 0, 0]]).multinomial(2)
      })
    #expect(Tensor(1.0).roll(3).item() == 1)
    #expect(Tensor.zeros([0, 3, 4]).maxPool1d(2).shape == [0, 3, 2])
    let drawn = Tensor([[1.0, 1, 0], [0, 3, 2]]).multinomial(2).sort().values
    #expect(drawn.scalars(as: Int.self) == [0, 1, 1, 2])
    #expect(Tensor([1.0, 0, 0]).multinomial(4, replacement: true).countNonzero().item() == 0)
  }

  @Test func otherTypes() async {
    await expectMessage(
      "subtract: shapes [1] and [1] of bool have no difference; use ^ or logicalXor",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([true]) - Tensor([false])
      })
    await expectMessage(
      "linear: input int64 [1, 2], weight float32 [1, 2]; they must have one dtype: use to(_:)",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([[1, 2]]).linear(Tensor([[1.0, 2]]))
      })
    await expectMessage(
      "linear: input float32 [1, 2], weight float32 [1, 2], bias float64",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tensor([[1.0, 2]])
        _ = x.linear(x, bias: Tensor([1.0], dtype: .float64))
      })
    #expect(Tensor([[1, 2]]).linear(Tensor([[3, 4]])).item(as: Int.self) == 11)
  }

  @Test func rowsOfATable() async {
    await expectMessage(
      "embedding: index -1 is out of range in dim 0 of a tensor of shape [3, 2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.embedding(Tensor([0, -1]), .zeros([3, 2]))
      })
    await expectMessage(
      "embedding: a table of shape [3, 2], indices of bool",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.embedding(Tensor([true, false, true]), .zeros([3, 2]))
      })
    let table = Tensor([[1.0, 2], [3, 4]], requiresGrad: true)
    let rows = Tensor.embedding(Tensor([[1, 1], [0, 1]], dtype: .int32), table)
    #expect(rows.shape == [2, 2, 2])
    #expect(rows.scalars() == [Float(3), 4, 3, 4, 1, 2, 3, 4])
    rows.sum().backward()
    #expect(table.grad!.scalars() == [Float(1), 1, 3, 3])
  }
}
