// Steps that compute examples in advance, on threads of their own.

extension DataPipe {
  /// Maps each example by a function on several threads, keeping the order.
  ///
  /// Numbers from the default generator depend on the example's number, not on the thread.
  ///
  /// - Parameters:
  ///   - numWorkers: number of threads.
  ///   - prefetchFactor: number of examples that each thread computes in advance.
  ///   - transform: function of an example.
  public func map<Result: Sendable>(
    numWorkers: Int, prefetchFactor: Int = 2,
    _ transform: @escaping @Sendable (Example) throws -> Result
  ) -> DataPipe<Result> {
    require(numWorkers > 0, "map", "\(numWorkers) workers")
    require(prefetchFactor > 0, "map", "a prefetchFactor of \(prefetchFactor)")
    return step(count: count) { upstream in
      let jobs = ExampleIterator<Job<Result>> {
        try upstream.next().map { example in { try transform(example) } }
      }
      return aheadOf(jobs, threads: numWorkers, capacity: numWorkers * prefetchFactor)
    }
  }

  /// The same examples, which a thread computes in advance.
  ///
  /// - Parameter size: maximum number of examples in advance.
  public func prefetch(_ size: Int) -> DataPipe {
    require(size > 0, "prefetch", "\(size) examples")
    return step(count: count) { upstream in
      let jobs = ExampleIterator<Job<Example>> {
        try upstream.next().map { example in { example } }
      }
      return aheadOf(jobs, threads: 1, capacity: size)
    }
  }
}

/// The results of jobs that threads run in advance. The threads end with the iterator.
private func aheadOf<Result: Sendable>(
  _ jobs: ExampleIterator<Job<Result>>, threads: Int, capacity: Int
) -> ExampleIterator<Result> {
  let work = OrderedWork(
    jobs, threads: threads, capacity: capacity, seed: Generator.default.nextSeed(),
    cancellation: Cancellation())
  let team = WorkerPool(threads) { _ in }
  team.perform { _, _ in work.work() }
  let running = Running(work, team)
  return ExampleIterator { try running.work.take() }
}

/// Stops the work when its iterator is released.
private final class Running<Result: Sendable> {
  let work: OrderedWork<Result>
  private let team: WorkerPool

  init(_ work: OrderedWork<Result>, _ team: WorkerPool) {
    (self.work, self.team) = (work, team)
  }

  deinit { work.stop() }
}
