import Synchronization

extension Dataset {
  /// The examples mapped by a function, which is applied when they are read.
  public func map<Result: Sendable>(
    _ transform: @escaping @Sendable (Example) throws -> Result
  ) -> MappedDataset<Self, Result> {
    MappedDataset(base: self, transform: transform)
  }

  /// The examples that satisfy a predicate. All are read once, immediately, to find them.
  public func filter(_ isIncluded: (Example) throws -> Bool) throws -> Subset<Self> {
    Subset(self, indices: try (0..<count).filter { try isIncluded(self[$0]) })
  }

  /// The same examples, cached in memory when they are first read.
  public func cached() -> CachedDataset<Self> { CachedDataset(self) }
}

/// The result of ``Dataset/map(_:)``.
public struct MappedDataset<Base: Dataset, Example: Sendable>: Dataset {
  let base: Base
  let transform: @Sendable (Base.Example) throws -> Example

  public var count: Int { base.count }

  public subscript(index: Int) -> Example {
    get throws { try transform(base[index]) }
  }
}

/// The result of ``Dataset/cached()``.
public final class CachedDataset<Base: Dataset>: Dataset {
  private let base: Base
  private let kept: Mutex<[Base.Example?]>

  init(_ base: Base) {
    self.base = base
    kept = Mutex(Array(repeating: nil, count: base.count))
  }

  public var count: Int { base.count }

  public subscript(index: Int) -> Base.Example {
    get throws {
      if let example = kept.withLock({ $0[index] }) { return example }
      // Read without holding the lock, so that other threads can read meanwhile. If two threads
      // read the same example, both return the one that was cached first.
      let read = try base[index]
      return kept.withLock { kept in
        let example = kept[index] ?? read
        kept[index] = example
        return example
      }
    }
  }
}
