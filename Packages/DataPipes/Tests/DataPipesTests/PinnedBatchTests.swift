import DataPipes
import Tensors
import Testing

/// Batches in page-locked memory, if there is a GPU.
@Suite(.enabled(if: CUDA.isAvailable)) struct PinnedBatchTests {
  private let rows = TensorDataset(Tensor.arange(12).reshape(6, 2), Tensor.arange(6))

  @Test(arguments: [0, 2])
  func tensorsOfTuplesArePinned(numWorkers: Int) {
    let loader = DataLoader(rows, batchSize: 4, numWorkers: numWorkers, pinMemory: true)
    var seen: [[Int]] = []
    for (x, y) in loader {
      #expect(x.isPinned && y.isPinned)
      let there = x.to(.cuda(), nonBlocking: true)
      #expect(there.to(.cpu).equal(x))
      seen.append(y.scalars())
    }
    #expect(seen == [[0, 1, 2, 3], [4, 5]] && loader.error == nil)
    for (x, _) in DataLoader(rows, batchSize: 4) { #expect(!x.isPinned) }
  }

  @Test func whatElseThereIsStays() throws {
    typealias Example = (words: [String], parts: [String: Tensor], (Tensor, Int))
    let examples: [Example] = [(["a", "b"], ["x": Tensor([1.0])], (Tensor([2.0]), 3))]
    let loader = DataLoader(
      ArrayDataset(examples), batchSize: 1, pinMemory: true, collate: { $0[0] })
    let batch = try #require(loader.makeIterator().next())
    #expect(batch.words == ["a", "b"] && batch.2.1 == 3)
    #expect(batch.parts["x"]!.isPinned && batch.2.0.isPinned)
    #expect(batch.2.0.equal(Tensor([2.0])))
  }
}
