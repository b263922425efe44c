/// The jobs and settings of an epoch.
struct EpochPlan<Batch: Sendable> {
  let jobs: ExampleIterator<Job<Batch>>
  /// The number of the first batch; above 0 if an epoch is resumed.
  let firstBatch: Int
  /// The seed from which the seeds of batches and workers are derived.
  let seed: UInt64
  /// The threads that make batches; nil if the loop's thread makes them.
  let team: WorkerPool?
  /// The maximum number of batches that are ready or being made.
  let capacity: Int
  /// The maximum time to wait for a batch.
  let timeout: Duration?
}

/// The progress of an epoch, reported to the loader.
enum EpochEvent {
  /// The number of batches of the epoch that have been taken.
  case taken(Int)
  /// The epoch has ended, completely or with an error, and its threads are free.
  case ended((any Error)?, WorkerPool?)
  /// The epoch was abandoned, and its threads are free.
  case left(WorkerPool?)
}

/// One pass over a loader's batches, which requests its plan when it begins and reports its
/// progress as events. Releasing it stops the workers.
///
/// It is used by one thread or task at a time.
// Like an iterator, it is used by one task at a time.
final class Epoch<Batch: Sendable>: @unchecked Sendable {
  private let plan: (Cancellation) throws -> EpochPlan<Batch>
  private let report: (EpochEvent) -> Void
  private let cancellation = Cancellation()
  private var state = State.toBegin
  private var timeout: Duration?
  /// The number of the next batch.
  private var number = 0

  private enum State {
    case toBegin
    /// The calling thread makes the batches, with a generator of their own as the default.
    case alone(ExampleIterator<Job<Batch>>, seed: UInt64, Generator)
    case withWorkers(OrderedWork<Batch>, WorkerPool)
    case over
  }

  /// - Parameters:
  ///   - plan: makes the plan, when the first batch is requested.
  ///   - report: called with the progress of the epoch.
  init(
    plan: @escaping (Cancellation) throws -> EpochPlan<Batch>,
    report: @escaping (EpochEvent) -> Void
  ) {
    (self.plan, self.report) = (plan, report)
  }

  deinit {
    if !isOver { report(.left(stopped())) }
  }

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
          try await work.takeAsync(timeout: timeout)
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
    case .withWorkers(let work, _): try work.take(timeout: timeout)
    case .toBegin, .over: nil
    }
  }

  private func begin() throws {
    guard case .toBegin = state else { return }
    let plan = try plan(cancellation)
    (number, timeout) = (plan.firstBatch, plan.timeout)
    guard let team = plan.team else {
      state = .alone(plan.jobs, seed: plan.seed, Generator(seed: 0))
      return
    }
    let work = OrderedWork(
      plan.jobs, firstNumber: number, threads: team.count, capacity: plan.capacity,
      seed: plan.seed, cancellation: cancellation)
    let (seed, count) = (plan.seed, team.count)
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
      report(.taken(number))
    } else if !isOver {
      report(.ended(nil, stopped()))
    }
  }

  /// Ends the epoch with an error.
  private func failure(_ error: any Error) -> any Error {
    let described: any Error
    if error is WaitedTooLong, let timeout {
      described = DataLoaderError.timeout(batch: number, limit: timeout)
    } else {
      described = error
    }
    report(.ended(described, stopped()))
    return described
  }

  private var isOver: Bool {
    if case .over = state { true } else { false }
  }

  /// Ends the epoch, and returns its threads.
  private func stopped() -> WorkerPool? {
    defer { state = .over }
    guard case .withWorkers(let work, let team) = state else { return nil }
    work.stop()
    return team
  }
}
