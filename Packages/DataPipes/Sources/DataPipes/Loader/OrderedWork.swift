import Synchronization

/// A piece of work that returns a result or throws.
typealias Job<Output> = () throws -> Output

/// A flag that tells jobs that their work has been cancelled.
final class Cancellation: Sendable {
  private let flag = Atomic(false)
  var isCancelled: Bool { flag.load(ordering: .relaxed) }
  func cancel() { flag.store(true, ordering: .relaxed) }
}

/// Jobs that several threads run, whose results are returned in the order of the jobs.
///
/// Random numbers that a job draws depend only on the seed and the job's number, not on the thread.
final class OrderedWork<Output>: Sendable {
  private let jobs: Mutex<Jobs>
  private let results: ReorderBuffer<Output>
  private let seed: UInt64
  private let cancellation: Cancellation

  /// The source of the jobs.
  // Nothing else uses the source, and it is behind a lock.
  private struct Jobs: @unchecked Sendable {
    let source: ExampleIterator<Job<Output>>
    var number: Int
    var hasEnded = false
  }

  /// - Parameters:
  ///   - source: the jobs; nothing else may use it.
  ///   - firstNumber: number of the first job.
  ///   - threads: number of threads that will call ``work()``.
  ///   - capacity: maximum number of results that are waiting or being made.
  ///   - seed: seed of the jobs' random numbers.
  init(
    _ source: ExampleIterator<Job<Output>>, firstNumber: Int = 0, threads: Int, capacity: Int,
    seed: UInt64, cancellation: Cancellation
  ) {
    (self.seed, self.cancellation) = (seed, cancellation)
    jobs = Mutex(Jobs(source: source, number: firstNumber))
    results = ReorderBuffer(
      firstNumber: firstNumber, capacity: capacity, makers: threads, cancellation: cancellation)
  }

  /// Runs jobs until there are no more. Each thread calls this.
  func work() {
    let generator = Generator(seed: 0)
    generator.withDefault {
      while true {
        results.waitForRoom()
        guard !cancellation.isCancelled, let (number, job) = nextJob() else { break }
        generator.manualSeed(seed, number: number)
        results.deliver(Result { try job() }, number: number)
      }
    }
    // Wakes the next thread that waits for room, which ends in turn.
    results.freeRoom()
  }

  private func nextJob() -> (number: Int, job: Job<Output>)? {
    let found = jobs.withLock { jobs -> Unchecked<(number: Int, job: Job<Output>)>? in
      guard !jobs.hasEnded else { return nil }
      let number = jobs.number
      jobs.number += 1
      do {
        if let job = try jobs.source.next() { return Unchecked((number, job)) }
        results.finish(at: number)
      } catch {
        results.deliver(.failure(error), number: number)
        results.finish(at: number + 1)
      }
      jobs.hasEnded = true
      return nil
    }
    return found?.value
  }

  /// Ends the work with an error, which is returned before all remaining results.
  func fail(_ error: any Error) { results.fail(error) }

  /// Waits for the next result and returns it; nil at the end.
  ///
  /// - Parameter timeout: maximum time to wait.
  /// - Throws: the job's error, or ``WaitedTooLong``.
  func take(timeout: Duration? = nil) throws -> Output? {
    try results.take(timeout: timeout)
  }

  /// As ``take(timeout:)``, without blocking the thread.
  func takeAsync(timeout: Duration?) async throws -> Output? {
    try await results.takeAsync(timeout: timeout)
  }

  /// Cancels the work: no more jobs are started, and nothing waits any longer.
  func stop() { results.stop() }
}

/// Transfers a value that is not known to be `Sendable` to another thread.
// The creator guarantees that nothing else refers to it.
struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

extension Generator {
  /// Reseeds the generator from a seed and a number, as the number-th output of SplitMix64
  /// (Steele, Lea and Flood, 2014), counted from 0.
  func manualSeed(_ seed: UInt64, number: Int) {
    var mixed = seed &+ 0x9E37_79B9_7F4A_7C15 &* (UInt64(number) &+ 1)
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    manualSeed(mixed ^ (mixed >> 31))
  }
}
