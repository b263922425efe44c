import DataPipes
import Foundation
import Synchronization
import Testing

/// Threads that make batches in advance.
@Suite struct DataLoaderWorkerTests {
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
    // A worker's seed is the epoch's plus the worker's index.
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
    // Each epoch and each batch have different numbers.
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
      // A batch that is taken frees its slot a moment before it is counted here.
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
      // Ending threads may need a moment.
      for _ in 0..<100 where try Self.threadCount() > threads + 2 {
        try await Task.sleep(for: .milliseconds(20))
      }
      // The first use of some features may create a system thread.
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
    // Each worker finishes its current example.
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
    // The worker continues to sleep; nothing waits for it.
    let task = Task {
      for try await _ in loader.async {}
    }
    try? await Task.sleep(for: .milliseconds(30))
    task.cancel()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
  }
}
