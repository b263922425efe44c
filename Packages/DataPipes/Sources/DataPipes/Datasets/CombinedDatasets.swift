/// A dataset of the elements of an array.
public struct ArrayDataset<Example: Sendable>: Dataset {
  /// The examples.
  public let examples: [Example]

  /// Creates the dataset.
  ///
  /// - Parameter examples: the examples.
  public init(_ examples: [Example]) {
    self.examples = examples
  }

  public var count: Int { examples.count }

  public subscript(index: Int) -> Example { examples[index] }
}

/// A concatenation of datasets: `torch.utils.data.ConcatDataset`.
public struct ConcatDataset<Example: Sendable>: Dataset {
  /// The datasets, in order.
  public let datasets: [any Dataset<Example>]
  /// The cumulative number of examples up to the end of each dataset.
  private let ends: [Int]

  /// Creates the dataset.
  ///
  /// - Parameter datasets: datasets, in order.
  public init(_ datasets: [any Dataset<Example>]) {
    self.datasets = datasets
    var end = 0
    ends = datasets.map { dataset in
      end += dataset.count
      return end
    }
  }

  public var count: Int { ends.last ?? 0 }

  public subscript(index: Int) -> Example {
    get throws {
      // The first dataset that ends after the index.
      var (low, high) = (0, ends.count)
      while low < high {
        let middle = (low + high) / 2
        if ends[middle] > index { high = middle } else { low = middle + 1 }
      }
      guard index >= 0, low < ends.count else {
        fatalError("ConcatDataset: index \(index) of \(count) examples")
      }
      return try datasets[low][low == 0 ? index : index - ends[low - 1]]
    }
  }
}

/// A concatenation of iterable datasets: `torch.utils.data.ChainDataset`.
public struct ChainDataset<Example: Sendable>: IterableDataset {
  /// The datasets, in order.
  public let datasets: [any IterableDataset<Example>]

  /// Creates the dataset.
  ///
  /// - Parameter datasets: datasets, in order.
  public init(_ datasets: [any IterableDataset<Example>]) {
    self.datasets = datasets
  }

  public var count: Int? {
    datasets.reduce(0) { sum, dataset in sum.flatMap { sum in dataset.count.map { sum + $0 } } }
  }

  public func makeIterator() -> ExampleIterator<Example> {
    var (place, current) = (0, nil as ExampleIterator<Example>?)
    return ExampleIterator {
      while true {
        if let example = try current?.next() { return example }
        guard place < datasets.count else { return nil }
        current = try datasets[place].makeIterator()
        place += 1
      }
    }
  }
}
