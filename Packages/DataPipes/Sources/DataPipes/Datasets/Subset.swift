/// A subset of a dataset: `torch.utils.data.Subset`.
public struct Subset<Base: Dataset>: Dataset {
  /// The whole dataset.
  public let base: Base
  /// The indices of the examples, in order.
  public let indices: [Int]

  /// Creates the dataset.
  ///
  /// - Parameters:
  ///   - base: whole dataset.
  ///   - indices: indices of the examples, in order.
  public init(_ base: Base, indices: [Int]) {
    self.base = base
    self.indices = indices
  }

  public var count: Int { indices.count }

  public subscript(index: Int) -> Base.Example {
    get throws { try base[indices[index]] }
  }
}

extension Subset: BatchedDataset where Base: BatchedDataset {
  /// The examples at the given indices of the subset, as a batch.
  public func batch(at places: [Int]) throws -> Base.Batch {
    try base.batch(at: places.map { indices[$0] })
  }
}

/// Splits a dataset at random into parts of the given sizes: `torch.utils.data.random_split`.
///
/// - Parameters:
///   - dataset: dataset to split.
///   - counts: sizes of the parts, whose sum is the dataset's size.
///   - generator: random number generator.
public func randomSplit<Base: Dataset>(
  _ dataset: Base, _ counts: [Int], generator: Generator = .default
) -> [Subset<Base>] {
  guard counts.allSatisfy({ $0 >= 0 }), counts.reduce(0, +) == dataset.count else {
    fatalError(
      "randomSplit: parts of \(counts) do not add up to the dataset's \(dataset.count) examples")
  }
  let order = Tensor.randperm(dataset.count, generator: generator).scalars(as: Int.self)
  var start = 0
  return counts.map { count in
    defer { start += count }
    return Subset(dataset, indices: Array(order[start..<start + count]))
  }
}

/// Splits a dataset at random into parts by fractions: `torch.utils.data.random_split`.
///
/// - Parameters:
///   - dataset: dataset to split.
///   - fractions: fractions from 0 to 1, whose sum is 1. Sizes are rounded down, and the remaining
///     examples go to the first parts, one each.
///   - generator: random number generator.
public func randomSplit<Base: Dataset>(
  _ dataset: Base, _ fractions: [Double], generator: Generator = .default
) -> [Subset<Base>] {
  guard fractions.allSatisfy({ (0...1).contains($0) }), abs(fractions.reduce(0, +) - 1) < 1e-9
  else {
    fatalError("randomSplit: fractions of \(fractions) do not add up to 1")
  }
  var counts = fractions.map { Int((Double(dataset.count) * $0).rounded(.down)) }
  for place in 0..<dataset.count - counts.reduce(0, +) { counts[place % counts.count] += 1 }
  return randomSplit(dataset, counts, generator: generator)
}
