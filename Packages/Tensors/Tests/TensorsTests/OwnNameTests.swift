import Tensors
import Testing

/// Messages name the operation that was called, rather than one inside it, and say what to do.
@Suite struct OwnNameTests {
  @Test func changesInPlace() async {
    await expectMessage(
      "update(.divide): the result is float32, and the tensor's int64 of shape [2] cannot hold it; make a "
        + "new tensor instead, or convert this one with to(.float32) first",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var x = Tensor([1, 2])
        x /= 2
      })
    await expectMessage(
      "update(.exp): the result is float32, and the tensor's int64 of shape [1] cannot hold it",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor([1]).update(.exp)
      })
  }

  @Test func reductions() async {
    await expectMessage(
      "max: a tensor of shape [0] has no elements to choose from",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([0]).max()
      })
    await expectMessage(
      "min: a tensor of shape [2, 0] has no elements to choose from",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 0]).min(dim: 1)
      })
  }

  @Test func indices() async {
    await expectMessage(
      "indexAdd: index 5 is out of range in dim 0 of a tensor of shape [3, 2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3, 2]).indexAdd(0, Tensor([5]), .ones([1, 2]))
      })
    await expectMessage(
      "indexAdd: a source of shape [2, 2] for 1 indices along dim 0 of shape [3, 2]; it must have the "
        + "shape [1, 2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3, 2]).indexAdd(0, Tensor([0]), .ones([2, 2]))
      })
    await expectMessage(
      "takeAlongDim: index 5 is out of range in dim 0 of a tensor of shape [3, 1]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3, 1]).takeAlongDim(Tensor([[5]]), dim: 0)
      })
    #expect(Tensor(2.0).indexAdd(0, Tensor([0]), Tensor(3.0)).item() == 5)
    let x = Tensor([[1.0, 2], [3, 4]], requiresGrad: true)
    let last = x.takeAlongDim(Tensor([[-1], [-2]]), dim: 1)
    #expect(last.scalars() == [Float(2), 3])
    last.sum().backward()
    #expect(x.grad!.scalars() == [Float(0), 1, 1, 0])
  }

  @Test func shapes() async {
    await expectMessage(
      "reshape: [-1, -1] leaves 2 sizes open for a tensor of shape [4]; only one can be inferred",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([4]).reshape(-1, -1)
      })
    await expectMessage(
      "pad: 3 before and 0 after dim 1 of shape [1, 3] (reflect); reflect adds at most 2 there",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([1, 3]).pad([3, 0], mode: .reflect)
      })
  }

  @Test func matricesWithoutValues() async {
    await expectMessage(
      "svd: the algorithm did not converge for matrix 0 of shape [2, 2]: it holds NaN or infinity",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.full([2, 2], Float.nan).svd()
      })
  }
}
