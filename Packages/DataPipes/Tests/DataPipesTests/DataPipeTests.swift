import DataPipes
import Foundation
import Synchronization
import Testing

private struct Stop: Error, Equatable {}

@Suite struct DataPipeTests {
  private let numbers = DataPipe(0..<7)

  /// A pipe returns the same examples in each iteration, and its count is right or nil.
  private func check<Example: Equatable>(_ pipe: DataPipe<Example>, _ expected: [Example]) throws {
    #expect(try pipe.collect() == expected)
    #expect(try pipe.collect() == expected)
    if let count = pipe.count { #expect(count == expected.count) }
    // An exhausted iterator stays exhausted.
    let iterator = try pipe.makeIterator()
    while try iterator.next() != nil {}
    #expect(try iterator.next() == nil)
  }

  @Test func sources() throws {
    try check(DataPipe([3, 1, 2]), [3, 1, 2])
    try check(DataPipe(stride(from: 0, to: 9, by: 4)), [0, 4, 8])
    try check(DataPipe(ArrayDataset(["a", "b"])), ["a", "b"])
    try check(DataPipe([Int]()), [])
    let counting = DataPipe {
      var next = 0
      return ExampleIterator {
        next += 1
        return next < 4 ? next : nil
      }
    }
    try check(counting, [1, 2, 3])
    var sum = 0
    try counting.forEach { sum += $0 }
    #expect(sum == 6 && counting.count == nil)
  }

  @Test func mapFilterFlatMap() throws {
    try check(numbers.map { $0 * $0 }, [0, 1, 4, 9, 16, 25, 36])
    try check(numbers.filter { $0 % 3 == 0 }, [0, 3, 6])
    try check(numbers.flatMap { Array(repeating: $0, count: $0 % 3) }, [1, 2, 2, 4, 5, 5])
    try check(DataPipe(["ab", "", "c"]).flatMap { $0 }, ["a", "b", "c"])
    let calls = Mutex(0)
    let lazy = numbers.map { number in
      calls.withLock { $0 += 1 }
      return number
    }
    #expect(calls.withLock { $0 } == 0)
    try check(lazy.prefix(2), [0, 1])
    #expect(calls.withLock { $0 } <= 6)
  }

  @Test func prefixEnumerateShard() throws {
    try check(numbers.prefix(0), [])
    try check(numbers.prefix(3), [0, 1, 2])
    try check(numbers.prefix(30), Array(0..<7))
    let pairs = try DataPipe(["a", "b"]).enumerated().collect()
    #expect(pairs.map(\.offset) == [0, 1] && pairs.map(\.element) == ["a", "b"])
    try check(numbers.shard(rank: 0, of: 3), [0, 3, 6])
    try check(numbers.shard(rank: 2, of: 3), [2, 5])
    for shares in 1...9 {
      let all = try (0..<shares).flatMap { rank in
        let shard = numbers.shard(rank: rank, of: shares)
        #expect(try shard.collect().count == shard.count)
        return try shard.collect()
      }
      #expect(all.sorted() == Array(0..<7))
    }
  }

  @Test func cycles() throws {
    try check(DataPipe([1, 2]).cycle(3), [1, 2, 1, 2, 1, 2])
    try check(DataPipe([1, 2]).cycle(0), [])
    try check(DataPipe([1, 2]).cycle().prefix(5), [1, 2, 1, 2, 1])
    try check(DataPipe([Int]()).cycle(), [])
    try check(DataPipe([Int]()).cycle(4), [])
  }

  @Test func shuffling() throws {
    func orders(_ seed: UInt64, buffer: Int) throws -> [[Int]] {
      let pipe = DataPipe(0..<50).shuffle(buffer: buffer, generator: Generator(seed: seed))
      return [try pipe.collect(), try pipe.collect()]
    }
    let first = try orders(1, buffer: 10)
    #expect(first.allSatisfy { $0.sorted() == Array(0..<50) })
    #expect(first[0] != first[1] && first[0] != Array(0..<50))
    #expect(try orders(1, buffer: 10) == first && orders(2, buffer: 10) != first)
    // An example moves forward by less than the buffer's size.
    #expect(first[0].enumerated().allSatisfy { place, number in number < place + 10 })
    #expect(try orders(1, buffer: 1)[0] == Array(0..<50))
    // All orders of three are about equally frequent.
    let generator = Generator(seed: 3)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<3000 {
      counts[try DataPipe(0..<3).shuffle(buffer: 3, generator: generator).collect(), default: 0] +=
        1
    }
    #expect(counts.count == 6 && counts.values.allSatisfy { (400...600).contains($0) })
    // The default generator determines the order if none is given.
    func byDefault() throws -> [Int] {
      try Generator(seed: 5).withDefault { try DataPipe(0..<20).shuffle(buffer: 20).collect() }
    }
    #expect(try byDefault() == byDefault())
  }

  @Test func batches() throws {
    try check(numbers.batch(3), [[0, 1, 2], [3, 4, 5], [6]])
    try check(numbers.batch(3, dropLast: true), [[0, 1, 2], [3, 4, 5]])
    try check(numbers.batch(7), [Array(0..<7)])
    try check(DataPipe([Int]()).batch(2), [])
    let words = DataPipe(["a", "bbb", "cc", "dddd", "e", "ffff", "gg", "h"])
    try check(
      words.bucketByLength(batchSize: 2, boundaries: [2, 4]) { $0.count },
      [["a", "e"], ["bbb", "cc"], ["dddd", "ffff"], ["h"], ["gg"]].sorted { one, other in
        // Full buckets are returned immediately; the rest at the end, the shortest first.
        ["bbb", "a", "dddd", "h", "gg"].firstIndex(of: one[0])!
          < ["bbb", "a", "dddd", "h", "gg"].firstIndex(of: other[0])!
      })
    try check(
      words.bucketByLength(batchSize: 3, boundaries: [], dropLast: true) { $0.count },
      [["a", "bbb", "cc"], ["dddd", "e", "ffff"]])
  }

  @Test func combining() throws {
    let pairs = numbers.zip(DataPipe(["a", "b", "c"]))
    #expect(try pairs.collect().map { "\($0)\($1)" } == ["0a", "1b", "2c"] && pairs.count == 3)
    try check(numbers.concat(DataPipe([8]), DataPipe([])), [0, 1, 2, 3, 4, 5, 6, 8])
    let three = [DataPipe([1, 2, 3]), DataPipe([10]), DataPipe([100, 200])]
    try check(DataPipe.interleave(three), [1, 10, 100, 2, 200, 3])
    try check(DataPipe.mux(three), [1, 10, 100, 2])
    try check(DataPipe.mux([DataPipe([1, 2]), DataPipe([10, 20])]), [1, 10, 2, 20])
    try check(DataPipe.mux([DataPipe([1]), DataPipe([])]), [1])
    try check(DataPipe<Int>.interleave([]), [])
    try check(DataPipe<Int>.mux([]), [])
  }

  @Test func demuxing() throws {
    let source = DataPipe(0..<10)
    let passes = Mutex(0)
    let counted = DataPipe<Int> {
      passes.withLock { $0 += 1 }
      return try source.makeIterator()
    }
    let parts = counted.demux(3) { $0 % 3 }
    let iterators = try parts.map { try $0.makeIterator() }
    var seen: [Int] = []
    for _ in 0..<4 {
      for iterator in iterators { if let n = try iterator.next() { seen.append(n) } }
    }
    #expect(seen == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] && passes.withLock { $0 } == 1)
    // One pipe after the other, repeatedly: each round is one pass.
    for round in 2...3 {
      #expect(try parts[1].collect() == [1, 4, 7])
      #expect(try parts[0].collect() == [0, 3, 6, 9])
      #expect(try parts[2].collect() == [2, 5, 8])
      #expect(passes.withLock { $0 } == round)
    }
    let narrow = source.demux(2, buffer: 3) { $0 < 5 ? 0 : 1 }
    #expect(throws: PipeError.bufferFull(3)) { try narrow[1].collect() }
    #expect(throws: PipeError.noSuchPipe(2, of: 2)) { try source.demux(2) { $0 }[0].collect() }
    #expect(
      PipeError.bufferFull(3).localizedDescription.hasPrefix("demux: 3 examples wait for the"))
  }

  @Test func workingAhead() throws {
    try check(numbers.prefetch(2), Array(0..<7))
    try check(DataPipe([Int]()).prefetch(2), [])
    let slow = DataPipe(0..<30).map(numWorkers: 3) { number in
      Thread.sleep(forTimeInterval: Double(number % 3) / 1000)
      return number * 2
    }
    try check(slow, (0..<30).map { $0 * 2 })
    // It computes as many examples in advance as allowed, and no more.
    let made = Mutex(0)
    let counted = DataPipe(0..<100).map { number in
      made.withLock { $0 += 1 }
      return number
    }
    let iterator = try counted.prefetch(5).makeIterator()
    _ = try iterator.next()
    for _ in 0..<10_000 where made.withLock({ $0 < 5 }) { Thread.sleep(forTimeInterval: 0.001) }
    Thread.sleep(forTimeInterval: 0.05)
    #expect((5...7).contains(made.withLock { $0 }))
    // Random numbers depend on the seed, not on the threads.
    func random(_ workers: Int) throws -> [Float] {
      try Generator(seed: 2).withDefault {
        try DataPipe(0..<20).map(numWorkers: workers) { _ in Tensor.rand([1]).item(as: Float.self) }
          .collect()
      }
    }
    let expected = try random(1)
    #expect(try random(3) == expected && Set(expected).count > 15)
  }

  @Test func errorsPass() throws {
    func failing(at place: Int) -> DataPipe<Int> {
      DataPipe(0..<10).map { number in
        if number == place { throw Stop() }
        return number
      }
    }
    let steps: [(DataPipe<Int>) -> DataPipe<Int>] = [
      { $0 }, { $0.map { $0 } }, { $0.filter { _ in true } }, { $0.flatMap { [$0] } },
      { $0.shuffle(buffer: 1) }, { $0.batch(1).map { $0[0] } }, { $0.cycle(2) }, { $0.prefetch(3) },
      { $0.map(numWorkers: 2) { $0 } }, { $0.concat(DataPipe([1])) }, { DataPipe.mux([$0]) },
      { $0.demux(1) { _ in 0 }[0] }, { $0.shard(rank: 0, of: 1) }, { $0.zip($0).map { $0.0 } },
      { $0.enumerated().map { $0.element } },
      { $0.bucketByLength(batchSize: 1, boundaries: []) { $0 }.map { $0[0] } },
    ]
    for step in steps {
      let iterator = try step(failing(at: 3)).makeIterator()
      for expected in 0..<3 { #expect(try iterator.next() == expected) }
      #expect(throws: Stop()) { try iterator.next() }
    }
    let loader = DataLoader(failing(at: 3), batchSize: 2)
    #expect(loader.map { $0.scalars(as: Int.self) } == [[0, 1]])
    guard case .example(3, batch: 1, worker: nil, let cause)? = loader.error as? DataLoaderError
    else {
      Issue.record("\(String(describing: loader.error))")
      return
    }
    #expect(cause is Stop)
  }

  @Test func mistakesStop() async {
    await expectMessage(
      "DataPipe.batch: a size of 0",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = DataPipe([1]).batch(0)
      })
    await expectMessage(
      "DataPipe.shard: rank 3 of 3",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = DataPipe([1]).shard(rank: 3, of: 3)
      })
    await expectMessage(
      "DataPipe.bucketByLength: boundaries [3, 2] that do not rise",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = DataPipe([1]).bucketByLength(batchSize: 1, boundaries: [3, 2]) { $0 }
      })
    await expectMessage(
      "DataLoader.count: the length of this iterable dataset is unknown",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = DataLoader(DataPipe([1]).filter { _ in true }).count
      })
  }
}
