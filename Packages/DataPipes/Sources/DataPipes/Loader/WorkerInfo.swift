/// The worker of a ``DataLoader`` that is reading a dataset: `torch.utils.data.get_worker_info`.
public struct WorkerInfo: Sendable {
  /// The worker of the current thread; nil outside workers.
  @TaskLocal public static var current: WorkerInfo?

  /// The worker's index, from 0.
  public let id: Int
  /// The number of workers.
  public let numWorkers: Int
  /// The seed of this worker in this epoch. Numbers from the default generator do not depend on it:
  /// they are the same whichever worker makes a batch.
  public let seed: UInt64
}
