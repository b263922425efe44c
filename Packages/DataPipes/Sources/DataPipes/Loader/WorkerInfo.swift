/// The worker of a ``DataLoader`` that a dataset is read by: `torch.utils.data.get_worker_info`.
public struct WorkerInfo: Sendable {
  /// The worker whose thread this is; nil outside of workers.
  @TaskLocal public static var current: WorkerInfo?

  /// The worker's number, from 0.
  public let id: Int
  /// How many workers there are.
  public let numWorkers: Int
  /// The seed of this worker in this epoch. Numbers from the default generator do not depend on it:
  /// they are the same whichever worker makes a batch.
  public let seed: UInt64
}
