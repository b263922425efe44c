import Foundation

/// Batches of a dataset's examples, in order or shuffled: `torch.utils.data.DataLoader`.
///
///     for (x, y) in DataLoader(dataset, batchSize: 32, shuffle: true) { … }
///
/// Each loop is an epoch, shuffled anew. With the same seed the order is PyTorch's.
///
/// A `for` loop cannot throw: where an example cannot be read, the loop ends, ``error`` says why, and
/// so does a message on standard error.
public final class DataLoader<Batch>: Sequence {
  private let exampleCount: Int
  private let batchSize: Int
  private let shuffle: Bool
  private let dropLast: Bool
  private let generator: Devices.Generator?
  private let fetch: ([Int]) throws -> Batch

  /// Why the last loop ended early, if it did.
  public private(set) var error: (any Error)?

  private init(
    exampleCount: Int, batchSize: Int, shuffle: Bool, dropLast: Bool, numWorkers: Int,
    generator: Devices.Generator?, fetch: @escaping ([Int]) throws -> Batch
  ) {
    guard batchSize > 0 else {
      fatalError("DataLoader: a batchSize of \(batchSize); it must be at least 1")
    }
    guard numWorkers == 0 else {
      fatalError(
        "DataLoader: numWorkers \(numWorkers): batches are made in the loop's own thread so far; "
          + "use 0")
    }
    self.exampleCount = exampleCount
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.generator = generator
    self.fetch = fetch
  }

  /// - Parameters:
  ///   - dataset: where batches come from.
  ///   - batchSize: examples in a batch.
  ///   - shuffle: whether each epoch takes the examples in another order.
  ///   - dropLast: whether to leave out a last batch that is smaller than the others.
  ///   - numWorkers: 0, which makes batches in the loop's own thread.
  ///   - generator: the source of the order; by default the default generator seeds one.
  public convenience init<Source: BatchedDataset>(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false, dropLast: Bool = false,
    numWorkers: Int = 0, generator: Devices.Generator? = nil
  ) where Source.Batch == Batch {
    self.init(
      exampleCount: dataset.count, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast,
      numWorkers: numWorkers, generator: generator, fetch: dataset.batch(at:))
  }

  /// As the other initialiser, for any dataset.
  ///
  /// - Parameter collate: makes a batch of examples.
  public convenience init<Source: Dataset>(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false, dropLast: Bool = false,
    numWorkers: Int = 0, generator: Devices.Generator? = nil,
    collate: @escaping ([Source.Example]) throws -> Batch
  ) {
    self.init(
      exampleCount: dataset.count, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast,
      numWorkers: numWorkers, generator: generator
    ) { indices in
      try collate(indices.map { try dataset[$0] })
    }
  }

  /// How many batches an epoch has.
  public var count: Int {
    dropLast ? exampleCount / batchSize : (exampleCount + batchSize - 1) / batchSize
  }

  public func makeIterator() -> Iterator {
    error = nil
    return Iterator(loader: self, order: order())
  }

  /// The examples of an epoch, drawn as PyTorch draws them.
  private func order() -> [Int] {
    let source = generator ?? .default
    _ = source.next64()  // PyTorch's seed for workers
    guard shuffle else { return Array(0..<exampleCount) }
    let shuffler = generator ?? Devices.Generator(seed: source.next64() & UInt64(Int64.max))
    let order = Tensor.randperm(exampleCount, generator: shuffler).scalars(as: Int.self)
    if generator != nil { _ = Tensor.randperm(exampleCount, generator: shuffler) }
    return order
  }

  /// The batches of one epoch.
  public struct Iterator: IteratorProtocol {
    let loader: DataLoader
    let order: [Int]
    private var start = 0

    init(loader: DataLoader, order: [Int]) {
      self.loader = loader
      self.order = order
    }

    public mutating func next() -> Batch? {
      let end = Swift.min(start + loader.batchSize, order.count)
      guard start < end, end - start == loader.batchSize || !loader.dropLast else { return nil }
      let indices = Array(order[start..<end])
      start = end
      do {
        return try loader.fetch(indices)
      } catch {
        loader.error = error
        start = order.count
        let message = "DataLoader: \(error.localizedDescription)\n"
        FileHandle.standardError.write(Data(message.utf8))
        return nil
      }
    }
  }
}

extension DataLoader where Batch == Tensor {
  /// As the other initialisers, for examples that are tensors of one shape; a batch is their stack.
  @_disfavoredOverload
  public convenience init<Source: Dataset>(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false, dropLast: Bool = false,
    numWorkers: Int = 0, generator: Devices.Generator? = nil
  ) where Source.Example == Tensor {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast, numWorkers: numWorkers,
      generator: generator, collate: { Tensor.stack($0) })
  }
}

extension DataLoader where Batch == (Tensor, Tensor) {
  /// As the other initialisers, for examples that are pairs of tensors; a batch is a pair of stacks.
  @_disfavoredOverload
  public convenience init<Source: Dataset>(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false, dropLast: Bool = false,
    numWorkers: Int = 0, generator: Devices.Generator? = nil
  ) where Source.Example == (Tensor, Tensor) {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast, numWorkers: numWorkers,
      generator: generator,
      collate: { examples in
        (Tensor.stack(examples.map(\.0)), Tensor.stack(examples.map(\.1)))
      })
  }
}
