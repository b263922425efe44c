import Synchronization

/// One process's part of a dataset, for distributed training:
/// `torch.utils.data.distributed.DistributedSampler`.
///
/// All processes must have the same seed. Before each epoch, call ``setEpoch(_:)``, or the order
/// stays the same.
public final class DistributedSampler: Sampler {
  /// The number of examples in the dataset.
  public let exampleCount: Int
  /// The number of processes.
  public let worldSize: Int
  /// The index of this process, from 0.
  public let rank: Int
  private let shuffle: Bool
  private let seed: UInt64
  private let dropLast: Bool
  private let epoch = Mutex(0)

  /// Creates the sampler.
  ///
  /// - Parameters:
  ///   - exampleCount: number of examples.
  ///   - worldSize: number of processes.
  ///   - rank: index of this process, from 0.
  ///   - shuffle: whether to reshuffle at every epoch.
  ///   - seed: seed of the shuffle.
  ///   - dropLast: whether to drop the examples that cannot be divided evenly; otherwise some are
  ///     repeated.
  public init(
    _ exampleCount: Int, worldSize: Int, rank: Int, shuffle: Bool = true, seed: UInt64 = 0,
    dropLast: Bool = false
  ) {
    guard worldSize > 0, (0..<worldSize).contains(rank) else {
      fatalError(
        "DistributedSampler: rank \(rank) of \(worldSize) processes; ranks go from 0 up to, but not "
          + "including, the number of processes")
    }
    (self.exampleCount, self.worldSize, self.rank) = (exampleCount, worldSize, rank)
    (self.shuffle, self.seed, self.dropLast) = (shuffle, seed, dropLast)
  }

  /// The number of indices of each process in an epoch.
  public var count: Int {
    dropLast ? exampleCount / worldSize : (exampleCount + worldSize - 1) / worldSize
  }

  /// Sets the epoch, which together with the seed determines the order: `set_epoch`.
  public func setEpoch(_ number: Int) {
    epoch.withLock { $0 = number }
  }

  public func makeIterator() -> IndexingIterator<[Int]> {
    let generator = Devices.Generator(seed: seed &+ UInt64(epoch.withLock { $0 }))
    let order =
      shuffle
      ? Tensor.randperm(exampleCount, generator: generator).scalars(as: Int.self)
      : Array(0..<exampleCount)
    // Padded by repeating examples from the beginning.
    return (0..<count).map { order[($0 * worldSize + rank) % exampleCount] }.makeIterator()
  }
}
