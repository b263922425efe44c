import DataPipes
import Foundation
import Synchronization
import Testing

/// Examples that cannot be read or take too long.
@Suite struct DataLoaderErrorTests {
  @Test(arguments: [0, 1, 2, 8], 0..<12)
  func aFailureComesAfterTheBatchesBeforeIt(numWorkers: Int, seed: Int) async throws {
    var random = Seeded(seed)
    let count = Int.random(in: 1...50, using: &random)
    let batchSize = Int.random(in: 1...6, using: &random)
    let broken = Int.random(in: 0..<count, using: &random)
    // A second failure, in a later batch, must not be reported first, even if it happens first.
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
        .hasPrefix("DataLoader: an iterable dataset cannot be reordered"))
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

  /// In a process of its own, where no other test occupies the threads.
  @Test func timeouts() async {
    await #expect(processExitsWith: .success) {
      let slow = Fragile(count: 4, delay: { $0 == 2 ? 2 : 0 })
      let loader = DataLoader(slow, numWorkers: 2, timeout: .milliseconds(50))
      #expect(epoch(loader) == [[0], [1]])
      #expect(
        loader.error?.localizedDescription
          == "DataLoader: batch 2 was not ready after 0.05 seconds")
      var seen: [[Int]] = []
      let error = await #expect(throws: DataLoaderError.self) {
        for try await batch in loader.async { seen.append(batch.scalars(as: Int.self)) }
      }
      #expect(seen == [[0], [1]])
      #expect(error?.localizedDescription.contains("batch 2 was not ready") == true)
      #expect(epoch(DataLoader(slow, numWorkers: 2, timeout: .seconds(60))).count == 4)
    }
  }
}
