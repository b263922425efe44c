import DataPipes
import Foundation
import Synchronization
import Testing

private func numbered(_ count: Int) -> TensorDataset<(Tensor, Tensor)> {
  TensorDataset(.arange(count), .arange(count) * 10)
}

/// Examples that are their own indices, but for those that cannot be read.
private struct Fragile: Dataset {
  struct Broken: Error, LocalizedError {
    let index: Int
    var errorDescription: String? { "no disk for \(index)" }
  }

  let count: Int
  var broken: Set<Int> = []
  var delay: @Sendable (Int) -> Double = { _ in 0 }

  subscript(index: Int) -> Int {
    get throws {
      if delay(index) > 0 { Thread.sleep(forTimeInterval: delay(index)) }
      if broken.contains(index) { throw Broken(index: index) }
      return index
    }
  }
}

private func epoch(_ loader: DataLoader<Tensor>) -> [[Int]] {
  loader.map { $0.scalars(as: Int.self) }
}

@Suite struct DataLoaderTests {
  @Test func inOrder() {
    func inputs(_ loader: DataLoader<(Tensor, Tensor)>) -> [[Int]] {
      loader.map { $0.0.scalars(as: Int.self) }
    }
    let loader = DataLoader(numbered(7), batchSize: 3)
    #expect(inputs(loader) == [[0, 1, 2], [3, 4, 5], [6]] && loader.count == 3)
    let whole = DataLoader(numbered(7), batchSize: 3, dropLast: true)
    #expect(inputs(whole) == [[0, 1, 2], [3, 4, 5]] && whole.count == 2)
    #expect(inputs(DataLoader(numbered(0), batchSize: 3)) == [])
    #expect(inputs(DataLoader(numbered(0), batchSize: 3, shuffle: true, numWorkers: 2)) == [])
    #expect(inputs(DataLoader(numbered(2))) == [[0], [1]])
    for (i, (x, y)) in DataLoader(numbered(20), batchSize: 6, shuffle: true).enumerated() {
      #expect((x * 10).equal(y) && i < 4)
    }
  }

  /// Loaders of any setting give each index once an epoch, in the order that no workers give.
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

  // MARK: Errors

  @Test(arguments: [0, 1, 2, 8], 0..<12)
  func aFailureComesAfterTheBatchesBeforeIt(numWorkers: Int, seed: Int) async throws {
    var random = Seeded(seed)
    let count = Int.random(in: 1...50, using: &random)
    let batchSize = Int.random(in: 1...6, using: &random)
    let broken = Int.random(in: 0..<count, using: &random)
    // A second failure, in a later batch, must not come first, even where it happens first.
    let later = broken / batchSize * batchSize + batchSize
    let dataset = Fragile(
      count: count, broken: [broken, later], delay: { $0 == broken ? 0.002 : 0 })
    let loader = DataLoader(dataset, batchSize: batchSize, numWorkers: numWorkers)
    let expected = (0..<broken / batchSize).map { batch in
      Array(batch * batchSize..<(batch + 1) * batchSize)
    }
    func check(_ error: (any Error)?) {
      guard case .example(let index, let batch, let worker, let cause)? = error as? DataLoaderError
      else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(index == broken && batch == broken / batchSize)
      #expect((worker == nil) == (numWorkers == 0) && worker ?? 0 < max(numWorkers, 1))
      #expect((cause as? Fragile.Broken)?.index == broken)
      let by = worker.map { " in worker \($0)" } ?? ""
      #expect(
        error?.localizedDescription
          == "DataLoader: example \(index) of batch \(batch)\(by): no disk for \(index)")
    }

    #expect(epoch(loader) == expected)
    check(loader.error)

    var seen: [[Int]] = []
    let thrown = #expect(throws: DataLoaderError.self) {
      try loader.forEachBatch { seen.append($0.scalars(as: Int.self)) }
    }
    check(thrown)
    #expect(seen == expected)

    seen = []
    let awaited = await #expect(throws: DataLoaderError.self) {
      for try await batch in loader.async { seen.append(batch.scalars(as: Int.self)) }
    }
    check(awaited)
    #expect(seen == expected)
  }

  @Test func aPlainLoopSaysItOnStandardError() async {
    await expectMessage(
      "DataLoader: example 2 of batch 1: no disk for 2\n",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        for _ in DataLoader(Fragile(count: 4, broken: [2]), batchSize: 2) {}
        exit(1)
      })
  }

  @Test func theNextEpochForgetsTheError() {
    let isBroken = Mutex(true)
    struct Sometimes: Dataset {
      let count = 3
      let read: @Sendable (Int) throws -> Int
      subscript(index: Int) -> Int { get throws { try read(index) } }
    }
    let dataset = Sometimes { index in
      if isBroken.withLock({ $0 }) { throw Fragile.Broken(index: index) }
      return index
    }
    let loader = DataLoader(dataset, batchSize: 2, numWorkers: 2, persistentWorkers: true)
    #expect(epoch(loader) == [] && loader.error != nil)
    isBroken.withLock { $0 = false }
    #expect(epoch(loader) == [[0, 1], [2]] && loader.error == nil)
  }

  private struct Constant: Sampler {
    let indices: [Int]
    var count: Int { indices.count }
    func makeIterator() -> IndexingIterator<[Int]> { indices.makeIterator() }
  }

  @Test(arguments: [0, 2])
  func settingsThatMakeNoSense(numWorkers: Int) {
    func message(_ loader: DataLoader<Tensor>, batches: Int = 0) -> String {
      #expect(epoch(loader).count == batches)
      return loader.error?.localizedDescription ?? "no error"
    }
    let data = Fragile(count: 5)
    let n = numWorkers
    #expect(
      message(DataLoader(data, batchSize: 0, numWorkers: n))
        == "DataLoader: a batchSize of 0; it must be at least 1")
    #expect(DataLoader(data, batchSize: 0, numWorkers: n).count == 0)
    #expect(
      message(DataLoader(data, numWorkers: -1))
        == "DataLoader: numWorkers -1; it must be from 0 to 1024")
    #expect(
      message(DataLoader(data, numWorkers: n, prefetchFactor: 0))
        == "DataLoader: a prefetchFactor of 0; it must be at least 1")
    #expect(
      message(DataLoader(data, numWorkers: n, timeout: .zero))
        == "DataLoader: a timeout of 0.0 seconds; it must be above 0")
    #expect(
      message(DataLoader(data, shuffle: true, sampler: SequentialSampler(5), numWorkers: n))
        == "DataLoader: a sampler decides on the order; leave out shuffle")
    #expect(
      message(
        DataLoader(
          data, batchSize: 2, batchSampler: BatchSampler(SequentialSampler(5), batchSize: 2),
          numWorkers: n)
      ).hasPrefix("DataLoader: a batchSampler decides on batchSize"))
    #expect(
      message(DataLoader(DataPipe(0..<4), shuffle: true, numWorkers: n))
        .hasPrefix("DataLoader: examples that come one after another have no other order"))
    #expect(
      message(DataLoader(DataPipe(0..<4), batchSize: -1, numWorkers: n)).contains("batchSize of -1")
    )
    #expect(
      message(
        DataLoader(data, batchSize: 2, sampler: Constant(indices: [1, 2, 3, 5]), numWorkers: n),
        batches: 1)
        == "DataLoader: the sampler gave index 5 for batch 1, but there are 5 examples")
    #expect(
      message(DataLoader(data, sampler: Constant(indices: [-1]), numWorkers: n))
        .contains("index -1 for batch 0"))
  }

  @Test func workerInitAndItsFailure() {
    let started = Mutex<[Int]>([])
    let loader = DataLoader(
      Fragile(count: 60, delay: { _ in 0.002 }), batchSize: 2, numWorkers: 3,
      workerInit: { id in started.withLock { $0.append(id) } })
    #expect(epoch(loader).count == 30)
    #expect(started.withLock { $0.sorted() } == [0, 1, 2])

    let failing = DataLoader(
      Fragile(count: 1000, delay: { _ in 0.005 }), numWorkers: 2,
      workerInit: { id in if id == 1 { throw Fragile.Broken(index: 77) } })
    // The other worker may have made some batches before.
    #expect(epoch(failing).count < 1000)
    #expect(
      failing.error?.localizedDescription
        == "DataLoader: workerInit in worker 1: no disk for 77")
  }

  /// In a process of its own, where no other test keeps the threads.
  @Test func timeouts() async {
    await #expect(processExitsWith: .success) {
      let slow = Fragile(count: 4, delay: { $0 == 2 ? 2 : 0 })
      let loader = DataLoader(slow, numWorkers: 2, timeout: .milliseconds(50))
      #expect(epoch(loader) == [[0], [1]])
      #expect(
        loader.error?.localizedDescription
          == "DataLoader: batch 2 was not there after 0.05 seconds")
      var seen: [[Int]] = []
      let error = await #expect(throws: DataLoaderError.self) {
        for try await batch in loader.async { seen.append(batch.scalars(as: Int.self)) }
      }
      #expect(seen == [[0], [1]])
      #expect(error?.localizedDescription.contains("batch 2 was not there") == true)
      #expect(epoch(DataLoader(slow, numWorkers: 2, timeout: .seconds(60))).count == 4)
    }
  }

  // MARK: Workers

  @Test func workersKnowWhoTheyAre() throws {
    struct Who: Dataset {
      let count = 40
      subscript(index: Int) -> [Int] {
        get throws {
          let worker = try #require(WorkerInfo.current)
          Thread.sleep(forTimeInterval: 0.001)
          return [worker.id, worker.numWorkers, Int(worker.seed & 0xFFFF_FFFF)]
        }
      }
    }
    func rows() -> [[Int]] {
      DataLoader(Who(), batchSize: nil, numWorkers: 2, generator: Generator(seed: 9)).map { $0 }
    }
    let all = rows()
    #expect(Set(all.map { $0[0] }) == [0, 1] && all.allSatisfy { $0[1] == 2 })
    // A worker's seed is the epoch's and its number.
    #expect(Set(all.map { $0[2] - $0[0] }).count == 1)
    #expect(Set(rows().map { $0[2] }) == Set(all.map { $0[2] }))
    #expect(WorkerInfo.current == nil)
  }

  @Test func randomNumbersDependOnTheSeedAlone() {
    let noisy = Fragile(count: 20, delay: { Double($0 % 3) / 1000 }).map { index in
      Tensor.rand([2]) + Double(index)
    }
    func epochs(_ numWorkers: Int, seed: UInt64) -> [[[Float]]] {
      let loader = DataLoader(
        noisy, batchSize: 3, shuffle: true, numWorkers: numWorkers,
        generator: Generator(seed: seed))
      return (0..<2).map { _ in loader.map { $0.scalars(as: Float.self) } }
    }
    let expected = epochs(0, seed: 4)
    for workers in [1, 2, 5] { #expect(epochs(workers, seed: 4) == expected) }
    #expect(epochs(0, seed: 5) != expected)
    func fractions(_ epoch: [[Float]]) -> Set<Float> {
      Set(epoch.flatMap { $0 }.map { ($0 - $0.rounded(.down)) })
    }
    // Another epoch has other numbers, and so has another batch.
    #expect(fractions(expected[0]).isDisjoint(with: fractions(expected[1])))
    #expect(fractions(expected[0]).count > 30)
  }

  @Test func memoryIsBounded() {
    struct Load: Sendable { var made = 0, taken = 0, most = 0 }
    let load = Mutex(Load())
    let dataset = Fragile(count: 100).map { index in
      load.withLock {
        $0.made += 1
        $0.most = max($0.most, $0.made - $0.taken)
      }
      return index
    }
    for numWorkers in [1, 3] {
      load.withLock { $0 = Load() }
      for _ in DataLoader(dataset, batchSize: nil, numWorkers: numWorkers, prefetchFactor: 2) {
        load.withLock { $0.taken += 1 }
        Thread.sleep(forTimeInterval: 0.0005)
      }
      // The one that is taken frees its place a moment before it is counted here.
      #expect(load.withLock { $0.most } <= 2 * numWorkers + 1)
      #expect(load.withLock { $0.made } == 100)
    }
  }

  private static func threadCount() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
  }

  private static func fileCount() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }

  /// In a process of its own, where no other test starts threads.
  @Test func leavingEarlyLeavesNothingBehind() async {
    await #expect(processExitsWith: .success) {
      let persistent = DataLoader(
        Fragile(count: 50), batchSize: 2, numWorkers: 2, persistentWorkers: true)
      for _ in persistent {}
      let (threads, files) = (try Self.threadCount(), try Self.fileCount())
      for round in 0..<1000 {
        var taken = 0
        let loader =
          round % 2 == 0
          ? persistent : DataLoader(Fragile(count: 50), batchSize: 2, numWorkers: 1 + round % 3)
        for _ in loader {
          taken += 1
          if taken > round % 5 { break }
        }
      }
      // Threads that were told to end may need a moment.
      for _ in 0..<100 where try Self.threadCount() > threads + 2 {
        try await Task.sleep(for: .milliseconds(20))
      }
      // The first use of some things may leave one of the system's own.
      #expect(try Self.threadCount() <= threads + 2)
      #expect(try Self.fileCount() <= files + 1)
    }
  }

  @Test func leavingEarlyStopsWorkersAtOnce() {
    let read = Mutex(0)
    let dataset = Fragile(count: 10_000, delay: { _ in 0.001 }).map { index in
      read.withLock { $0 += 1 }
      return index
    }
    for _ in DataLoader(dataset, batchSize: 100, numWorkers: 2) { break }
    let atExit = read.withLock { $0 }
    Thread.sleep(forTimeInterval: 0.1)
    // Each worker finishes the example that it has begun.
    #expect(read.withLock { $0 } <= atExit + 4)
  }

  @Test func nestedAndAtOnce() async {
    let loader = DataLoader(
      Fragile(count: 10), batchSize: 2, numWorkers: 2, persistentWorkers: true)
    var pairs = 0
    for outer in loader {
      for inner in loader where outer.equal(inner) { pairs += 1 }
    }
    #expect(pairs == 5)
    await withTaskGroup(of: [Int].self) { group in
      for _ in 0..<4 {
        group.addTask { epoch(loader).flatMap { $0 } }
      }
      for await all in group { #expect(all == Array(0..<10)) }
    }
  }

  @Test func asynchronousLoops() async throws {
    for numWorkers in [0, 1, 3] {
      let loader = DataLoader(
        Fragile(count: 11, delay: { Double($0 % 2) / 1000 }), batchSize: 2, shuffle: true,
        numWorkers: numWorkers, generator: Generator(seed: 6))
      var batches: [[Int]] = []
      for try await batch in loader.async { batches.append(batch.scalars(as: Int.self)) }
      let again = DataLoader(
        Fragile(count: 11), batchSize: 2, shuffle: true, generator: Generator(seed: 6))
      #expect(batches == epoch(again))
    }
  }

  @Test func aCancelledTaskStopsWaiting() async {
    let loader = DataLoader(Fragile(count: 4, delay: { _ in 30 }), numWorkers: 1)
    // The worker sleeps on; nothing waits for it.
    let task = Task {
      for try await _ in loader.async {}
    }
    try? await Task.sleep(for: .milliseconds(30))
    task.cancel()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
  }

  // MARK: Resuming

  @Test(arguments: [0, 2], 0..<20)
  func resumedInTheMiddle(numWorkers: Int, seed: Int) throws {
    var random = Seeded(seed)
    let own = Bool.random(using: &random)
    let stop = Int.random(in: 0...6, using: &random)
    let data = Fragile(count: 20).map { Tensor.rand([1]) + Double($0) }
    func loader() -> DataLoader<Tensor> {
      let sampler: (any Sampler<Int>)? =
        seed % 3 == 0 ? RandomSampler(20, replacement: true, generator: Generator(seed: 1)) : nil
      return DataLoader(
        data, batchSize: 3, shuffle: sampler == nil, sampler: sampler, numWorkers: numWorkers,
        generator: own ? Generator(seed: 12) : nil)
    }
    func rest(_ loader: DataLoader<Tensor>) -> [[Float]] {
      loader.map { $0.scalars(as: Float.self) }
    }
    try Generator(seed: UInt64(seed)).withDefault {
      // One run that never stops …
      let first = loader()
      _ = rest(first)
      var (whole, saved): ([[Float]], DataLoaderState?) = ([], stop == 0 ? first.state : nil)
      let between = Generator.default.state
      for batch in first {
        whole.append(batch.scalars(as: Float.self))
        if whole.count == stop { saved = first.state }
      }
      let following = rest(first)
      // … and one that goes on from what was saved of it.
      let state = try JSONDecoder().decode(
        DataLoaderState.self, from: JSONEncoder().encode(#require(saved)))
      #expect(state.batch == stop)
      let second = loader()
      if stop == 0 { Generator.default.state = between }
      second.state = state
      #expect(second.state == state)
      #expect(rest(second) == Array(whole[stop...]))
      // Without a generator of its own, the default one goes on for all.
      if own { #expect(rest(second) == following) }
    }
  }

  @Test func aPipeIsResumed() {
    let loader = DataLoader(DataPipe(0..<10), batchSize: 3)
    var state: DataLoaderState?
    for (i, _) in loader.enumerated() where i == 1 { state = loader.state }
    let other = DataLoader(DataPipe(0..<10), batchSize: 3)
    if let state { other.state = state }
    #expect(epoch(other) == [[6, 7, 8], [9]] && epoch(other).count == 4)
  }

  @Test func tenMillionExamplesInConstantMemory() throws {
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
    // Other tests run at the same time; all the examples would be 80 MB, and their batches again.
    #expect(try residentBytes() < start + 400_000_000)
  }
}

/// A source of random numbers with a seed, for the tests' own choices.
struct Seeded: RandomNumberGenerator {
  private let generator: Generator
  init(_ seed: Int) { generator = Generator(seed: UInt64(seed)) }
  mutating func next() -> UInt64 { generator.next64() }
}
