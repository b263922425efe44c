import DataPipes
import Foundation
import Testing

private func numbered(_ count: Int) -> TensorDataset {
  TensorDataset(.arange(count), .arange(count) * 10)
}

/// Examples that are made one at a time, the one at `broken` not at all.
private struct Squares: Dataset {
  struct Broken: LocalizedError {
    let index: Int
    var errorDescription: String? { "example \(index) is broken" }
  }

  let count: Int
  var broken: Int? = nil

  subscript(index: Int) -> (Tensor, Tensor) {
    get throws {
      if index == broken { throw Broken(index: index) }
      return (Tensor([index, index]), Tensor(index * index))
    }
  }
}

private func epoch(_ loader: DataLoader<(Tensor, Tensor)>) -> [[Int]] {
  loader.map { $0.0.scalars(as: Int.self) }
}

@Suite struct DataLoaderTests {
  @Test func inOrder() {
    let loader = DataLoader(numbered(7), batchSize: 3)
    #expect(epoch(loader) == [[0, 1, 2], [3, 4, 5], [6]] && loader.count == 3)
    #expect(
      epoch(DataLoader(numbered(7), batchSize: 3, dropLast: true)) == [[0, 1, 2], [3, 4, 5]])
    #expect(DataLoader(numbered(7), batchSize: 3, dropLast: true).count == 2)
    #expect(epoch(DataLoader(numbered(0), batchSize: 3)) == [])
    #expect(epoch(DataLoader(numbered(2))) == [[0], [1]])
  }

  @Test func inputsAndTargetsStayTogether() {
    for (i, (x, y)) in DataLoader(numbered(20), batchSize: 6, shuffle: true).enumerated() {
      #expect((x * 10).equal(y) && i < 4)
    }
  }

  /// The orders that torch.utils.data gives: DataLoader and random_split after manual_seed(0), and a
  /// DataLoader with a generator of seed 5. In a process of its own, where nothing else draws numbers.
  @Test func ordersArePyTorchs() async {
    await #expect(processExitsWith: .success) {
      manualSeed(0)
      let loader = DataLoader(numbered(10), batchSize: 3, shuffle: true)
      #expect(epoch(loader) == [[6, 7, 1], [4, 2, 0], [9, 8, 3], [5]])
      #expect(epoch(loader) == [[2, 4, 7], [0, 8, 9], [5, 3, 6], [1]])
      #expect(Tensor.randint(0, 1000, [1]).item() == 497)

      let seeded = DataLoader(
        numbered(10), batchSize: 4, shuffle: true, dropLast: true, generator: Generator(seed: 5))
      #expect(epoch(seeded) == [[7, 4, 8, 1], [2, 3, 6, 5]])
      #expect(epoch(seeded) == [[2, 1, 6, 3], [5, 9, 4, 7]])

      manualSeed(0)
      #expect(
        randomSplit(numbered(10), [6, 3, 1]).map(\.indices) == [
          [4, 1, 7, 5, 3, 9], [0, 8, 6], [2],
        ])
    }
  }

  @Test(arguments: 0..<40)
  func everyIndexOnce(seed: Int) {
    var generator = SystemRandomNumberGenerator()
    let count = Int.random(in: 0...50, using: &generator)
    let size = Int.random(in: 1...12, using: &generator)
    let loader = DataLoader(
      numbered(count), batchSize: size, shuffle: true, generator: Generator(seed: UInt64(seed)))
    let batches = epoch(loader)
    #expect(batches.flatMap { $0 }.sorted() == Array(0..<count))
    #expect(batches.dropLast().allSatisfy { $0.count == size } && batches.count == loader.count)
  }

  @Test func subsetsOfSubsets() throws {
    let subset = Subset(Subset(numbered(10), indices: [5, 6, 7, 8]), indices: [3, 0])
    #expect(epoch(DataLoader(subset, batchSize: 2)) == [[8, 5]])
    #expect(try subset[1].0.item(as: Int.self) == 5)
  }

  @Test func examplesAreStacked() {
    let batches = Array(DataLoader(Squares(count: 5), batchSize: 2))
    #expect(batches.map(\.0.shape) == [[2, 2], [2, 2], [1, 2]])
    #expect(batches[1].1.scalars(as: Int.self) == [4, 9])
    let collated = DataLoader(Squares(count: 5), batchSize: 5) { $0.count }
    #expect(Array(collated) == [5])
  }

  @Test func anErrorEndsTheLoopAndIsKept() {
    let loader = DataLoader(Squares(count: 9, broken: 5), batchSize: 2)
    #expect(epoch(loader) == [[0, 0, 1, 1], [2, 2, 3, 3]])
    #expect(loader.error?.localizedDescription == "example 5 is broken")
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "DataLoader: a batchSize of 0",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = DataLoader(TensorDataset(.zeros([1]), .zeros([1])), batchSize: 0)
      })
    await expectMessage(
      "DataLoader: numWorkers 2",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = DataLoader(TensorDataset(.zeros([1]), .zeros([1])), numWorkers: 2)
      })
    await expectMessage(
      "TensorDataset: shapes [2] and [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TensorDataset(.zeros([2]), .zeros([3]))
      })
    await expectMessage(
      "randomSplit: parts of [1, 1] do not add up to the dataset's 3",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = randomSplit(TensorDataset(.zeros([3]), .zeros([3])), [1, 1])
      })
  }
}
