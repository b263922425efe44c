/// One pass through a loader's batches. Its release stops the workers.
///
/// It is used by one thread or task at a time.
// An iterator is for one task at a time; so is this.
final class Epoch<Batch: Sendable>: @unchecked Sendable {
  private let loader: DataLoader<Batch>
  private let cancellation = Cancellation()
  private var state = State.toBegin
  /// The number of the batch that is taken next.
  private var number = 0

  private enum State {
    case toBegin
    /// This thread makes the batches, with a generator of their own.
    case alone(ExampleIterator<Job<Batch>>, seed: UInt64, Generator)
    case withWorkers(OrderedWork<Batch>, WorkerTeam)
    case over
  }

  init(_ loader: DataLoader<Batch>) {
    self.loader = loader
  }

  deinit { end() }

  func next() throws -> Batch? {
    do {
      try begin()
      let batch = try made()
      note(batch)
      return batch
    } catch {
      throw failure(error)
    }
  }

  func nextAsync() async throws -> Batch? {
    do {
      try begin()
      let batch =
        if case .withWorkers(let work, _) = state {
          try await work.takeAsync(timeout: loader.workers.timeout)
        } else {
          try made()
        }
      note(batch)
      return batch
    } catch {
      throw failure(error)
    }
  }

  private func made() throws -> Batch? {
    switch state {
    case .alone(let jobs, let seed, let generator):
      try generator.withDefault {
        guard let job = try jobs.next() else { return nil }
        generator.manualSeed(seed, number: number)
        return try job()
      }
    case .withWorkers(let work, _): try work.take(timeout: loader.workers.timeout)
    case .toBegin, .over: nil
    }
  }

  private func begin() throws {
    guard case .toBegin = state else { return }
    let start = try loader.start(cancellation)
    number = start.firstBatch
    let workers = loader.workers
    guard workers.count > 0 else {
      state = .alone(start.jobs, seed: start.seed, Generator(seed: 0))
      return
    }
    let work = OrderedWork(
      start.jobs, firstNumber: number, threads: workers.count,
      capacity: workers.count * workers.prefetchFactor, seed: start.seed,
      cancellation: cancellation)
    let team = loader.team()
    let (seed, count) = (start.seed, workers.count)
    team.perform { id, prepared in
      if case .failure(let cause) = prepared {
        return work.fail(DataLoaderError.workerInit(worker: id, cause: cause))
      }
      let info = WorkerInfo(id: id, numWorkers: count, seed: seed &+ UInt64(id))
      WorkerInfo.$current.withValue(info) { work.work() }
    }
    state = .withWorkers(work, team)
  }

  private func note(_ batch: Batch?) {
    if batch != nil {
      number += 1
      loader.note(taken: number)
    } else if !isOver {
      end()
      loader.noteEnd(nil)
    }
  }

  /// Ends the epoch with an error.
  private func failure(_ error: any Error) -> any Error {
    end()
    let described: any Error
    if error is WaitedTooLong, let limit = loader.workers.timeout {
      described = DataLoaderError.timeout(batch: number, limit: limit)
    } else {
      described = error
    }
    loader.noteEnd(described)
    return described
  }

  private var isOver: Bool {
    if case .over = state { true } else { false }
  }

  private func end() {
    if case .withWorkers(let work, let team) = state {
      work.stop()
      loader.release(team)
    }
    state = .over
  }
}
