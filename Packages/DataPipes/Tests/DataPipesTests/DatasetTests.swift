import DataPipes
import Foundation
import Synchronization
import Testing

@Suite struct DatasetTests {
  private let letters = ArrayDataset(["a", "b", "c", "d", "e"])

  private func all<Source: Dataset>(_ dataset: Source) throws -> [Source.Example] {
    try (0..<dataset.count).map { try dataset[$0] }
  }

  @Test func tensorsOfAnyNumber() {
    let x = Tensor.arange(6).reshape(3, 2)
    #expect(TensorDataset(x)[1].equal(Tensor([2, 3])))
    let (a, b) = TensorDataset(x, x * 2)[2]
    #expect(a.equal(Tensor([4, 5])) && b.equal(Tensor([8, 10])))
    let three = TensorDataset(x, x, x + 1).batch(at: [2, 0])
    #expect(
      three.0.equal(Tensor([[4, 5], [0, 1]])) && three.2.equal(Tensor([[5, 6], [1, 2]])))
    let four = TensorDataset(x, x, x, Tensor([7, 8, 9]))
    #expect(four.count == 3 && four[1].3.item() == 8 && four.tensors.count == 4)
    #expect(four.batch(at: []).3.shape == [0])
    let five: TensorDataset<Tensor, Tensor, Tensor, Tensor, Tensor> = TensorDataset(x, x, x, x, x)
    #expect(five[0].4.equal(x[0]) && five.targets.equal(x))
  }

  @Test func oneAfterAnother() throws {
    let numbers = ConcatDataset<String>([
      letters, ArrayDataset([]), ArrayDataset(["x"]), letters.map { $0 + $0 },
    ])
    #expect(
      try all(numbers) == ["a", "b", "c", "d", "e", "x", "aa", "bb", "cc", "dd", "ee"])
    #expect(ConcatDataset<Int>([]).count == 0)
    let chain = ChainDataset<Int>([DataPipe(0..<3), DataPipe([]), DataPipe([7])])
    #expect(try DataPipe(chain).collect() == [0, 1, 2, 7] && chain.count == 4)
    #expect(ChainDataset<Int>([DataPipe(0..<3), DataPipe(0..<3).filter { $0 > 1 }]).count == nil)
  }

  @Test func mapIsLazyAndFilterIsNot() throws {
    let calls = Mutex(0)
    let mapped = letters.map { letter in
      calls.withLock { $0 += 1 }
      return letter.uppercased()
    }
    #expect(calls.withLock { $0 } == 0 && mapped.count == 5)
    #expect(try mapped[1] == "B" && calls.withLock { $0 } == 1)
    let vowels = try letters.filter { "aeiou".contains($0) }
    #expect(vowels.indices == [0, 4])
    #expect(try all(vowels) == ["a", "e"])
  }

  @Test func aCacheReadsOnce() throws {
    let calls = Mutex([Int](repeating: 0, count: 5))
    struct Counted: Dataset {
      let count = 5
      let read: @Sendable (Int) throws -> Int
      subscript(index: Int) -> Int { get throws { try read(index) } }
    }
    let dataset = Counted { index in
      let number = calls.withLock { calls in
        calls[index] += 1
        return calls[index]
      }
      if index == 3, number == 1 { throw CocoaError(.fileReadUnknown) }
      return index * index
    }.cached()
    #expect(throws: CocoaError.self) { try dataset[3] }
    for _ in 0..<3 { #expect(try all(dataset) == [0, 1, 4, 9, 16]) }
    // Failures are not cached.
    #expect(calls.withLock { $0 } == [1, 1, 1, 2, 1])
  }

  @Test func subsetsOfSubsets() throws {
    let subset = Subset(Subset(letters, indices: [3, 1, 4]), indices: [2, 0])
    #expect(try all(subset) == ["e", "d"])
    let rows = Subset(TensorDataset(Tensor.arange(10)), indices: [5, 6, 7])
    #expect(try rows.batch(at: [2, 0]).equal(Tensor([7, 5])))
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "TensorDataset: shapes [2] and [3] differ",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TensorDataset(Tensor.zeros([2]), Tensor.zeros([3]))
      })
    await expectMessage(
      "TensorDataset: shapes [] differ",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TensorDataset(Tensor(1))
      })
    await expectMessage(
      "TensorDataset.targets: the dataset has one tensor",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TensorDataset(Tensor.zeros([2])).targets
      })
    await expectMessage(
      "randomSplit: parts of [1, 1] do not add up to the dataset's 3",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = randomSplit(TensorDataset(Tensor.zeros([3]), Tensor.zeros([3])), [1, 1])
      })
    await expectMessage(
      "randomSplit: fractions of [0.5, 0.4] do not add up to 1",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = randomSplit(ArrayDataset([1]), [0.5, 0.4])
      })
    await expectMessage(
      "DistributedSampler: rank 2 of 2",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = DistributedSampler(3, worldSize: 2, rank: 2)
      })
    await expectMessage(
      "WeightedRandomSampler: 3 samples without replacement, by 2 weights above 0 of 3",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = WeightedRandomSampler([1, 0, 1], numSamples: 3, replacement: false)
      })
  }
}
