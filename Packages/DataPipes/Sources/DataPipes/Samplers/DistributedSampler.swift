import Synchronization

/// One process's share of a dataset, of several that train together:
/// `torch.utils.data.distributed.DistributedSampler`.
///
/// All processes must have the same seed. Before each epoch, call ``setEpoch(_:)``, or the order stays
/// the same.
public final class DistributedSampler: Sampler {
  /// How many examples all have together.
  public let exampleCount: Int
  /// How many processes there are.
  public let worldSize: Int
  /// Which of them this one is, from 0.
  public let rank: Int
  private let shuffle: Bool
  private let seed: UInt64
  private let dropLast: Bool
  private let epoch = Mutex(0)

  /// Creates the sampler.
  ///
  /// - Parameters:
  ///   - exampleCount: how many examples there are.
  ///   - worldSize: how many processes there are.
  ///   - rank: which of them this is, from 0.
  ///   - shuffle: whether each epoch has another order.
  ///   - seed: what the order is drawn from.
  ///   - dropLast: whether to leave out the examples that do not go round; else some come twice.
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

  /// The same for all processes.
  public var count: Int {
    dropLast ? exampleCount / worldSize : (exampleCount + worldSize - 1) / worldSize
  }

  /// Says which epoch comes next, and so which order: with the seed, it is what the order depends on.
  public func setEpoch(_ number: Int) {
    epoch.withLock { $0 = number }
  }

  public func makeIterator() -> IndexingIterator<[Int]> {
    let generator = Devices.Generator(seed: seed &+ UInt64(epoch.withLock { $0 }))
    let order =
      shuffle
      ? Tensor.randperm(exampleCount, generator: generator).scalars(as: Int.self)
      : Array(0..<exampleCount)
    // What does not go round starts again from the front.
    return (0..<count).map { order[($0 * worldSize + rank) % exampleCount] }.makeIterator()
  }
}
