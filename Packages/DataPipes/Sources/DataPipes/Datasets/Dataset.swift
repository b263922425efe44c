@_exported import Files
@_exported import Tensors

/// Where a ``DataLoader``'s examples come from: a ``Dataset`` or an ``IterableDataset``. It may be read
/// by several threads at once.
public protocol DataSource<Example>: Sendable {
  /// What it has many of.
  associatedtype Example: Sendable
  /// How it is read. Both kinds of dataset have this already.
  var access: DataAccess<Example> { get }
}

/// How a ``DataSource`` is read.
public enum DataAccess<Example>: Sendable {
  /// Each example can be read by its place.
  case byIndex(count: Int, read: @Sendable (Int) throws -> Example)
  /// Examples come one after the other.
  case inOrder(count: Int?, start: @Sendable () throws -> ExampleIterator<Example>)
}

/// Examples that can be counted and taken by index: `torch.utils.data.Dataset`.
public protocol Dataset<Example>: DataSource {
  /// What it has many of.
  associatedtype Example
  /// How many examples there are.
  var count: Int { get }
  /// The example at a place.
  ///
  /// - Parameter index: from 0 up to, but not including, ``count``.
  subscript(index: Int) -> Example { get throws }
}

extension Dataset {
  public var access: DataAccess<Example> { .byIndex(count: count) { try self[$0] } }
}

/// A dataset that makes a whole batch at once, quicker than example by example.
public protocol BatchedDataset<Batch>: Dataset {
  /// Several examples as one, such as stacked tensors.
  associatedtype Batch: Sendable
  /// The examples at these places, as a batch.
  func batch(at indices: [Int]) throws -> Batch
}

/// Examples that come one after another, and may be too many to count: `torch.utils.data.IterableDataset`.
public protocol IterableDataset<Example>: DataSource {
  /// What it has many of.
  associatedtype Example
  /// Begins anew.
  func makeIterator() throws -> ExampleIterator<Example>
  /// How many examples there are, where that is known.
  var count: Int? { get }
}

extension IterableDataset {
  public var count: Int? { nil }
  public var access: DataAccess<Example> { .inOrder(count: count) { try makeIterator() } }
}

/// Gives one example after another, or says why it cannot: an iterator that may throw.
public struct ExampleIterator<Example> {
  private let advance: () throws -> Example?

  /// Creates the dataset.
  ///
  /// - Parameter next: gives the next example each time it is called, and nil at the end and from then
  ///   on.
  public init(_ next: @escaping () throws -> Example?) {
    advance = next
  }

  /// One that cannot fail.
  public init<Base: IteratorProtocol>(_ base: Base) where Base.Element == Example {
    var base = base
    advance = { base.next() }
  }

  /// The next example, or nil at the end.
  public func next() throws -> Example? { try advance() }
}
