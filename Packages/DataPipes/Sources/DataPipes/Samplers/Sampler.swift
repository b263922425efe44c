/// The indices of a dataset's examples in the order of an epoch, or batches of indices:
/// `torch.utils.data.Sampler`.
///
/// Each iteration is an epoch. It draws random numbers from ``generator`` or the default generator
/// only, so that a ``DataLoader`` can resume in the middle of an epoch.
public protocol Sampler<Element>: Sequence, Sendable {
  /// The number of indices or batches in an epoch.
  var count: Int { get }
  /// The random number generator; nil for the default generator.
  var generator: Devices.Generator? { get }
}

extension Sampler {
  public var generator: Devices.Generator? { nil }
}

extension Generator {
  /// Draws a seed as PyTorch does: `torch.empty((), dtype=torch.int64).random_()`.
  func nextSeed() -> UInt64 { next64() & UInt64(Int64.max) }
}

/// All examples in order: `torch.utils.data.SequentialSampler`.
public struct SequentialSampler: Sampler {
  public let count: Int

  /// Creates the sampler.
  ///
  /// - Parameter count: number of examples.
  public init(_ count: Int) {
    self.count = count
  }

  public func makeIterator() -> Range<Int>.Iterator { (0..<count).makeIterator() }
}

/// Groups the indices of another sampler: `torch.utils.data.BatchSampler`.
public struct BatchSampler<Base: Sampler<Int>>: Sampler {
  private let base: Base
  private let batchSize: Int
  private let dropLast: Bool

  /// Creates the sampler.
  ///
  /// - Parameters:
  ///   - base: sampler of indices.
  ///   - batchSize: number of indices in a batch.
  ///   - dropLast: whether to drop the last batch if it is incomplete.
  public init(_ base: Base, batchSize: Int, dropLast: Bool = false) {
    guard batchSize > 0 else {
      fatalError("BatchSampler: a batchSize of \(batchSize); it must be at least 1")
    }
    (self.base, self.batchSize, self.dropLast) = (base, batchSize, dropLast)
  }

  public var count: Int {
    dropLast ? base.count / batchSize : (base.count + batchSize - 1) / batchSize
  }

  public var generator: Devices.Generator? { base.generator }

  public func makeIterator() -> Iterator {
    Iterator(indices: base.makeIterator(), batchSize: batchSize, dropLast: dropLast)
  }

  public struct Iterator: IteratorProtocol {
    fileprivate var indices: Base.Iterator
    fileprivate let batchSize: Int
    fileprivate let dropLast: Bool

    public mutating func next() -> [Int]? {
      var batch: [Int] = []
      batch.reserveCapacity(batchSize)
      while batch.count < batchSize, let index = indices.next() { batch.append(index) }
      return batch.isEmpty || (dropLast && batch.count < batchSize) ? nil : batch
    }
  }
}
