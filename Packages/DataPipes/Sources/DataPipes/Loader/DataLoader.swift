import Foundation
import Synchronization

/// Loads batches of a dataset's examples, in order or shuffled, in the calling thread or in
/// workers: `torch.utils.data.DataLoader`.
///
///     for (x, y) in DataLoader(dataset, batchSize: 32, shuffle: true, numWorkers: 2) { … }
///
/// Each loop is an epoch, with a new shuffle. With the same seed, the batches and their order do
/// not depend on the number of workers, and the order is PyTorch's. Numbers that a dataset draws
/// from the default generator depend on the seed and the batch's number, not on the thread.
///
/// A plain `for` cannot throw: if a batch fails, the loop ends after the preceding batches, the
/// error is stored in ``error``, and a message is printed to standard error. ``forEachBatch(_:)``
/// and `for try await` over ``async`` throw the error. Errors are ``DataLoaderError``s.
///
/// Workers are threads. They start with the loop, prefetch at most `prefetchFactor` × `numWorkers`
/// batches, and end with the loop. A loader may be iterated repeatedly and by several threads at
/// once; each loop has workers of its own.
public final class DataLoader<Batch: Sendable>: Sequence, Sendable {
  let source: Result<BatchSource<Batch>, any Error>
  private let knownExampleCount: Int?
  let workers: Workers
  private let generator: Devices.Generator?
  private let progress = Mutex(Progress())

  /// The settings of workers and of pinned memory.
  struct Workers: Sendable {
    var count: Int
    var prefetchFactor: Int
    var persist: Bool
    var timeout: Duration?
    var initialize: (@Sendable (Int) throws -> Void)?
    /// Whether batches are copied to page-locked memory.
    var pin: Bool
  }

  private struct Progress: Sendable {
    var error: (any Error)?
    /// The position of the loop that began last, unless it has completed.
    var place: DataLoaderState?
    /// The position to resume from in the next loop.
    var resumed: DataLoaderState?
    /// Persistent workers that wait for the next loop.
    var idle: [WorkerPool] = []
  }

  init(
    _ choice: BatchChoice, exampleCount: Int?, workers: Workers,
    makeSource: (BatchChoice) throws -> BatchSource<Batch>
  ) {
    self.workers = workers
    knownExampleCount = exampleCount
    generator = choice.generator
    source = Result {
      if let problem = workers.problem { throw DataLoaderError.invalidSetting(problem) }
      let source = try makeSource(choice)
      return workers.pin && Tensor.canPinMemory ? source.pinned : source
    }
  }

  /// The number of batches of an epoch; 0 if a setting is invalid. Stops the program if the dataset
  /// is an ``IterableDataset`` of unknown length.
  public var count: Int {
    guard let source = try? source.get() else { return 0 }
    guard let count = source.count else {
      fatalError(
        "DataLoader.count: the length of this iterable dataset is unknown")
    }
    return count
  }

  /// The number of examples in the dataset: `len(loader.dataset)`. Stops the program if the dataset
  /// is an ``IterableDataset`` of unknown length.
  public var exampleCount: Int {
    guard let knownExampleCount else {
      fatalError(
        "DataLoader.exampleCount: the length of this iterable dataset is unknown"
      )
    }
    return knownExampleCount
  }

  /// Why the last loop ended early, if it did.
  public var error: (any Error)? { progress.withLock { $0.error } }

  /// Calls `body` with each batch of an epoch, and throws the error that ends it early.
  public func forEachBatch(_ body: (Batch) throws -> Void) throws {
    let epoch = epoch()
    while let batch = try epoch.next() { try body(batch) }
  }

  public func makeIterator() -> Iterator {
    Iterator(epoch: epoch())
  }

  /// The batches of one epoch.
  public struct Iterator: IteratorProtocol {
    let epoch: Epoch<Batch>

    public func next() -> Batch? {
      do {
        return try epoch.next()
      } catch {
        FileHandle.standardError.write(Data("\(error.localizedDescription)\n".utf8))
        return nil
      }
    }
  }
}

// MARK: An epoch's begin and end

extension DataLoader {
  /// An epoch that begins when its first batch is requested.
  func epoch() -> Epoch<Batch> {
    Epoch(plan: plan, report: note)
  }

  /// Draws an epoch's seed and order, or those of the epoch that is resumed.
  private func plan(_ cancellation: Cancellation) throws -> EpochPlan<Batch> {
    let resumed = progress.withLock { progress in
      progress.error = nil
      return progress.resumed.take()
    }
    let source = try source.get()
    func begin() throws -> (UInt64, ExampleIterator<Job<Batch>>) {
      let seed = (generator ?? .default).nextSeed()
      let jobs = try source.begin(cancellation)
      return (seed, jobs)
    }
    if let resumed {
      generator?.state = resumed.generator
      if let state = resumed.samplerGenerator { source.generator?.state = state }
    }
    let place: DataLoaderState
    let seed: UInt64
    let jobs: ExampleIterator<Job<Batch>>
    if let resumed, resumed.hasBegun {
      place = resumed
      // The default generator is shared and has advanced since, so a copy in its earlier state
      // draws the same numbers.
      (seed, jobs) = try Devices.Generator(state: resumed.generator).withDefault(begin)
      for _ in 0..<resumed.batch { _ = try jobs.next() }
    } else {
      place = DataLoaderState(
        batch: 0, hasBegun: true, generator: (generator ?? .default).state,
        samplerGenerator: source.generator?.state)
      (seed, jobs) = try begin()
    }
    progress.withLock { $0.place = place }
    return EpochPlan(
      jobs: jobs, firstBatch: place.batch, seed: seed, team: workers.count > 0 ? team() : nil,
      capacity: workers.count * workers.prefetchFactor, timeout: workers.timeout)
  }

  /// Workers for an epoch: idle ones, or new ones.
  private func team() -> WorkerPool {
    if let idle = progress.withLock({ $0.idle.popLast() }) { return idle }
    let initialize = workers.initialize
    return WorkerPool(workers.count) { try initialize?($0) }
  }

  /// Records the progress of the epoch that began last.
  private func note(_ event: EpochEvent) {
    let persist = workers.persist
    progress.withLock { progress in
      switch event {
      case .taken(let count): progress.place?.batch = count
      case .ended(let error, let team):
        progress.error = error
        if error == nil { progress.place = nil }
        if persist, let team { progress.idle.append(team) }
      case .left(let team):
        if persist, let team { progress.idle.append(team) }
      }
    }
  }
}

// MARK: Saving and resuming

/// The position of a ``DataLoader`` in an epoch, for checkpoints.
public struct DataLoaderState: Codable, Equatable, Sendable {
  /// The number of batches of the epoch that have been taken.
  public internal(set) var batch: Int
  /// Whether it is within an epoch, not between two.
  let hasBegun: Bool
  /// The states of the loader's and the sampler's generators when the epoch began.
  let generator: Devices.Generator.State
  let samplerGenerator: Devices.Generator.State?
}

extension DataLoader {
  /// The position of the loop that began last: `state_dict()` of torchdata's `StatefulDataLoader`.
  /// Read it in the loop, or after leaving it; between epochs, it is the start of the next one.
  ///
  /// After setting it, the next loop resumes with the next batch, and later epochs are the same as
  /// without the interruption. Between epochs, a loader without a generator of its own also needs
  /// the state of the default generator to be restored. A sampler's other state, such as the epoch
  /// of a ``DistributedSampler``, must be restored separately.
  public var state: DataLoaderState {
    get {
      let noted = progress.withLock { $0.resumed ?? $0.place }
      return noted
        ?? DataLoaderState(
          batch: 0, hasBegun: false, generator: (generator ?? .default).state,
          samplerGenerator: (try? source.get())?.generator?.state)
    }
    set { progress.withLock { $0.resumed = newValue } }
  }
}

extension DataLoader.Workers {
  fileprivate var problem: String? {
    if !(0...1024).contains(count) { return "numWorkers \(count); it must be from 0 to 1024" }
    if prefetchFactor < 1 { return "a prefetchFactor of \(prefetchFactor); it must be at least 1" }
    if let timeout, timeout <= .zero { return "a timeout of \(timeout); it must be above 0" }
    return nil
  }
}
