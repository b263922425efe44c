import Foundation

/// Why a ``DataLoader`` cannot go on. Batches count from 0.
public enum DataLoaderError: Error, LocalizedError {
  /// An invalid setting.
  case invalidSetting(String)
  /// A sampler gave an index that the dataset does not have.
  case indexOutOfRange(Int, count: Int, batch: Int)
  /// An example could not be read, or cannot be collated with those before it in its batch. The
  /// worker is nil where there are none.
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
      "DataLoader: batch \(batch) was not there after \(limit)"
    }
  }

  private static func by(_ worker: Int?) -> String { worker.map { " in worker \($0)" } ?? "" }
}

/// Which example of a batch something is about, before the batch's number and worker are added.
struct ExampleFailure: Error {
  let index: Int
  let cause: any Error
}
