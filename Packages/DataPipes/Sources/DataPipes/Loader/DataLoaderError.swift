import Foundation

/// The errors of a ``DataLoader``. Batches are numbered from 0.
public enum DataLoaderError: Error, LocalizedError {
  /// An invalid setting.
  case invalidSetting(String)
  /// A sampler returned an index that is out of range.
  case indexOutOfRange(Int, count: Int, batch: Int)
  /// An example could not be read, or not collated with the others of its batch. The worker is nil
  /// if the loop's thread made the batch.
  case example(Int, batch: Int, worker: Int?, cause: any Error)
  /// A batch could not be made.
  case batch(Int, worker: Int?, cause: any Error)
  /// `workerInit` failed.
  case workerInit(worker: Int, cause: any Error)
  /// A batch was not ready before the timeout.
  case timeout(batch: Int, limit: Duration)

  public var errorDescription: String? {
    switch self {
    case .invalidSetting(let problem): "DataLoader: \(problem)"
    case .indexOutOfRange(let index, let count, let batch):
      "DataLoader: the sampler gave index \(index) for batch \(batch), but there are \(count) examples"
    case .example(let index, let batch, let worker, let cause):
      "DataLoader: example \(index) of batch \(batch)\(Self.by(worker)): \(cause.localizedDescription)"
    case .batch(let batch, let worker, let cause):
      "DataLoader: batch \(batch)\(Self.by(worker)): \(cause.localizedDescription)"
    case .workerInit(let worker, let cause):
      "DataLoader: workerInit in worker \(worker): \(cause.localizedDescription)"
    case .timeout(let batch, let limit):
      "DataLoader: batch \(batch) was not ready after \(limit)"
    }
  }

  private static func by(_ worker: Int?) -> String { worker.map { " in worker \($0)" } ?? "" }
}

/// An error with the index of its example, before the batch's number and the worker are added.
struct ExampleFailure: Error {
  let index: Int
  let cause: any Error
}
