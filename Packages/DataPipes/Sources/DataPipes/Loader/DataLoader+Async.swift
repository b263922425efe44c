extension DataLoader {
  /// The batches as an asynchronous sequence, which throws the error that ends an epoch early:
  ///
  ///     for try await (x, y) in loader.async { … }
  ///
  /// Waiting for workers does not block a thread. Without workers, batches are made in the task.
  public var async: AsyncBatches<Batch> { AsyncBatches(loader: self) }
}

/// The asynchronous sequence of a loader's batches: ``DataLoader/async``.
public struct AsyncBatches<Batch: Sendable>: AsyncSequence, Sendable {
  fileprivate let loader: DataLoader<Batch>

  public func makeAsyncIterator() -> Iterator { Iterator(epoch: loader.epoch()) }

  /// The batches of one epoch, awaited without blocking a thread.
  public struct Iterator: AsyncIteratorProtocol {
    let epoch: Epoch<Batch>

    public func next() async throws -> Batch? { try await epoch.nextAsync() }
  }
}
