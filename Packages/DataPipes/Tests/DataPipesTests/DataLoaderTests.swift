import DataPipes
import Foundation
import Testing

/// The contents and the order of batches.
@Suite struct DataLoaderTests {
  @Test func inOrder() {
    func inputs(_ loader: DataLoader<(Tensor, Tensor)>) -> [[Int]] {
      loader.map { $0.0.scalars(as: Int.self) }
    }
    let loader = DataLoader(numbered(7), batchSize: 3)
    #expect(inputs(loader) == [[0, 1, 2], [3, 4, 5], [6]] && loader.count == 3)
    #expect(loader.exampleCount == 7)
    let inOrder = DataPipe(0..<7)
    #expect(DataLoader(inOrder, batchSize: 3).count == 3)
    #expect(DataLoader(inOrder, batchSize: 3, dropLast: true).count == 2)
    #expect(Array(RandomSampler(numbered(7))).sorted() == Array(0..<7))
    let whole = DataLoader(numbered(7), batchSize: 3, dropLast: true)
    #expect(inputs(whole) == [[0, 1, 2], [3, 4, 5]] && whole.count == 2)
    #expect(inputs(DataLoader(numbered(0), batchSize: 3)) == [])
    #expect(inputs(DataLoader(numbered(0), batchSize: 3, shuffle: true, numWorkers: 2)) == [])
    #expect(inputs(DataLoader(numbered(2))) == [[0], [1]])
    for (i, (x, y)) in DataLoader(numbered(20), batchSize: 6, shuffle: true).enumerated() {
      #expect((x * 10).equal(y) && i < 4)
    }
  }

  /// Loaders with any settings return each index once per epoch, in the same order as without
  /// workers.
  @Test(arguments: 0..<150)
  func everyIndexOnce(seed: Int) throws {
    var random = Seeded(seed)
    let count = Int.random(in: 0...60, using: &random)
    let batchSize = Int.random(in: 1...12, using: &random)
    let shuffle = Bool.random(using: &random)
    let dropLast = Bool.random(using: &random)
    let numWorkers = Int.random(in: 0...5, using: &random)
    let prefetchFactor = Int.random(in: 1...4, using: &random)
    let persistent = Bool.random(using: &random)
    let isSlow = numWorkers > 0 && Int.random(in: 0...9, using: &random) == 0
    let delays = (0..<60).map { _ in Double.random(in: 0...0.002, using: &random) }
    func loader(_ numWorkers: Int) -> DataLoader<Tensor> {
      DataLoader(
        Fragile(count: count, delay: { isSlow ? delays[$0] : 0 }), batchSize: batchSize,
        shuffle: shuffle, dropLast: dropLast, numWorkers: numWorkers,
        prefetchFactor: prefetchFactor, persistentWorkers: persistent,
        generator: Generator(seed: UInt64(seed)))
    }
    let (one, other) = (loader(numWorkers), loader(0))
    for _ in 0..<3 {
      let batches = epoch(one)
      #expect(batches == epoch(other))
      #expect(batches.count == one.count && batches.dropLast().allSatisfy { $0.count == batchSize })
      let all = batches.flatMap { $0 }
      if dropLast {
        #expect(all.count == count / batchSize * batchSize && Set(all).count == all.count)
      } else {
        #expect(all.sorted() == Array(0..<count))
      }
      if !shuffle { #expect(all == Array(all.indices)) }
      #expect(one.error == nil)
    }
  }

  /// In a process of its own, where other tests take no memory.
  @Test func tenMillionExamplesInConstantMemory() async {
    await #expect(processExitsWith: .success) {
      func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
      }
      let pipe = DataPipe(0..<10_000_000).shuffle(buffer: 100, generator: Generator(seed: 1))
      var (sum, count, start) = (0, 0, 0)
      for batch in DataLoader(pipe, batchSize: 50_000, numWorkers: 2, collate: { $0 }) {
        sum += batch.reduce(0, +)
        count += batch.count
        if start == 0 { start = try residentBytes() }
      }
      #expect(count == 10_000_000 && sum == 10_000_000 * 9_999_999 / 2)
      #expect(try residentBytes() < start + 50_000_000)
    }
  }
}
