@_exported import Files
@_exported import Tensors

/// A source of examples for a ``DataLoader``: a ``Dataset`` or an ``IterableDataset``. Several
/// threads may read it at once.
public protocol DataSource<Example>: Sendable {
  /// The type of an example.
  associatedtype Example: Sendable
  /// How it is read. ``Dataset`` and ``IterableDataset`` provide this.
  var access: DataAccess<Example> { get }
}

/// How a ``DataSource`` is read.
public enum DataAccess<Example>: Sendable {
  /// Random access by index.
  case byIndex(count: Int, read: @Sendable (Int) throws -> Example)
  /// Sequential access.
  case inOrder(count: Int?, start: @Sendable () throws -> ExampleIterator<Example>)
}

extension DataAccess {
  /// The number of examples; nil if unknown.
  var count: Int? {
    switch self {
    case .byIndex(let count, _): count
    case .inOrder(let count, _): count
    }
  }
}

/// A dataset with random access by index (map-style): `torch.utils.data.Dataset`.
public protocol Dataset<Example>: DataSource {
  /// The type of an example.
  associatedtype Example
  /// The number of examples.
  var count: Int { get }
  /// The example at an index.
  ///
  /// - Parameter index: from 0 up to, but not including, ``count``.
  subscript(index: Int) -> Example { get throws }
}

extension Dataset {
  public var access: DataAccess<Example> { .byIndex(count: count) { try self[$0] } }
}

/// A dataset that makes a whole batch at once, faster than example by example.
public protocol BatchedDataset<Batch>: Dataset {
  /// The type of a batch, such as stacked tensors.
  associatedtype Batch: Sendable
  /// The examples at the given indices, as a batch.
  func batch(at indices: [Int]) throws -> Batch
}

/// A dataset that is read sequentially, of known or unknown length:
/// `torch.utils.data.IterableDataset`.
public protocol IterableDataset<Example>: DataSource {
  /// The type of an example.
  associatedtype Example
  /// Starts a new iteration.
  func makeIterator() throws -> ExampleIterator<Example>
  /// The number of examples; nil if unknown.
  var count: Int? { get }
}

extension IterableDataset {
  public var count: Int? { nil }
  public var access: DataAccess<Example> { .inOrder(count: count) { try makeIterator() } }
}

/// An iterator over examples that may throw.
public struct ExampleIterator<Example> {
  private let advance: () throws -> Example?

  /// Creates the iterator.
  ///
  /// - Parameter next: returns the next example at each call, and nil at the end and after it.
  public init(_ next: @escaping () throws -> Example?) {
    advance = next
  }

  /// Creates an iterator from one that does not throw.
  public init<Base: IteratorProtocol>(_ base: Base) where Base.Element == Example {
    var base = base
    advance = { base.next() }
  }

  /// The next example, or nil at the end.
  public func next() throws -> Example? { try advance() }
}
