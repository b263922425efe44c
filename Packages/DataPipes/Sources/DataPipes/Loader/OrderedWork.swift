import Synchronization

/// A piece of work that returns a result or throws.
typealias Job<Output> = () throws -> Output

/// Whether work has been called off, for those who do it.
final class Cancellation: Sendable {
  private let flag = Atomic(false)
  var isCancelled: Bool { flag.load(ordering: .relaxed) }
  func cancel() { flag.store(true, ordering: .relaxed) }
}

/// Jobs that several threads do, and whose results come out in the jobs' order.
///
/// What is drawn at random in a job depends on the seed and on the job's number alone, not on the
/// thread that does it.
final class OrderedWork<Output>: Sendable {
  private let jobs: Mutex<Jobs>
  private let results: ResultLine<Output>
  private let seed: UInt64
  private let cancellation: Cancellation

  /// Where jobs come from.
  // Nothing else uses the source, and it is behind a lock.
  private struct Jobs: @unchecked Sendable {
    let source: ExampleIterator<Job<Output>>
    var number: Int
    var hasEnded = false
  }

  /// - Parameters:
  ///   - source: the jobs. Nothing else may use it.
  ///   - firstNumber: the first job's number.
  ///   - threads: how many threads will call ``work()``.
  ///   - capacity: how many results may be waiting or being made at any time.
  ///   - seed: what the jobs' random numbers depend on.
  init(
    _ source: ExampleIterator<Job<Output>>, firstNumber: Int = 0, threads: Int, capacity: Int,
    seed: UInt64, cancellation: Cancellation
  ) {
    (self.seed, self.cancellation) = (seed, cancellation)
    jobs = Mutex(Jobs(source: source, number: firstNumber))
    results = ResultLine(
      firstNumber: firstNumber, capacity: capacity, makers: threads, cancellation: cancellation)
  }

  /// Does jobs until there are no more: what each thread calls.
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
    // The next thread that waits for room may go as well.
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

  /// Ends the work with an error, ahead of all results.
  func fail(_ error: any Error) { results.fail(error) }

  /// The next result, which is waited for; nil at the end.
  ///
  /// - Parameter timeout: how long to wait at most.
  /// - Throws: the job's error, or ``WaitedTooLong``.
  func take(timeout: Duration? = nil) throws -> Output? {
    try results.take(timeout: timeout)
  }

  /// As ``take(timeout:)``, without blocking the thread.
  func takeAsync(timeout: Duration?) async throws -> Output? {
    try await results.takeAsync(timeout: timeout)
  }

  /// Calls the work off: jobs that have begun are finished at most, and nothing waits any more.
  func stop() { results.stop() }
}

/// Takes a value that is not known to be `Sendable` to where nothing else refers to it.
// The creator guarantees that.
struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

extension Generator {
  /// Starts anew from a seed that differs with a number: the output of SplitMix64
  /// (Steele, Lea and Flood, 2014), whose state steps with the number.
  func manualSeed(_ seed: UInt64, number: Int) {
    var mixed = seed &+ 0x9E37_79B9_7F4A_7C15 &* (UInt64(number) &+ 1)
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    manualSeed(mixed ^ (mixed >> 31))
  }
}
