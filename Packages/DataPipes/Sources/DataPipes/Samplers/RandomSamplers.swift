/// Examples in random order: `torch.utils.data.RandomSampler`.
public struct RandomSampler: Sampler {
  private let exampleCount: Int
  private let replacement: Bool
  public let count: Int
  public let generator: Devices.Generator?

  /// Creates the sampler.
  ///
  /// - Parameters:
  ///   - exampleCount: number of examples.
  ///   - replacement: whether to draw with replacement.
  ///   - numSamples: number of indices in an epoch; by default as many as there are examples.
  ///   - generator: random number generator; by default the default generator seeds one in each
  ///     epoch.
  public init(
    _ exampleCount: Int, replacement: Bool = false, numSamples: Int? = nil,
    generator: Devices.Generator? = nil
  ) {
    (self.exampleCount, self.replacement, self.generator) = (exampleCount, replacement, generator)
    count = numSamples ?? exampleCount
    guard count >= 0, count == 0 || exampleCount > 0 else {
      fatalError("RandomSampler: \(count) samples of \(exampleCount) examples")
    }
  }

  /// Creates the sampler for the examples of a dataset.
  public init(
    _ dataset: some Dataset, replacement: Bool = false, numSamples: Int? = nil,
    generator: Devices.Generator? = nil
  ) {
    self.init(
      dataset.count, replacement: replacement, numSamples: numSamples, generator: generator)
  }

  public func makeIterator() -> Iterator {
    Iterator(
      exampleCount: exampleCount, replacement: replacement, left: count,
      generator: generator ?? Devices.Generator(seed: Devices.Generator.default.nextSeed()))
  }

  /// Draws indices lazily, in the same chunks as PyTorch.
  public struct Iterator: IteratorProtocol {
    fileprivate let exampleCount: Int
    fileprivate let replacement: Bool
    fileprivate var left: Int
    fileprivate let generator: Devices.Generator
    private var portion: [Int] = []
    private var place = 0
    private var isAtEnd = false

    fileprivate init(exampleCount: Int, replacement: Bool, left: Int, generator: Devices.Generator)
    {
      (self.exampleCount, self.replacement, self.left, self.generator) =
        (exampleCount, replacement, left, generator)
    }

    public mutating func next() -> Int? {
      if place == portion.count {
        guard !isAtEnd else { return nil }
        drawPortion()
        guard !portion.isEmpty else { return nil }
      }
      defer { place += 1 }
      return portion[place]
    }

    private mutating func drawPortion() {
      let size = replacement ? 32 : exampleCount
      // PyTorch draws a last chunk even if no more indices are needed.
      isAtEnd = left < size || exampleCount == 0
      let taken = Swift.min(left, size)
      if replacement {
        portion = Tensor.randint(0, Swift.max(exampleCount, 1), [taken], generator: generator)
          .scalars(as: Int.self)
      } else {
        portion = Tensor.randperm(exampleCount, generator: generator).scalars(as: Int.self)
        if taken < size { portion.removeLast(size - taken) }
      }
      left -= taken
      place = 0
    }
  }
}

/// The given indices in random order: `torch.utils.data.SubsetRandomSampler`.
public struct SubsetRandomSampler: Sampler {
  /// The indices to draw from.
  public let indices: [Int]
  public let generator: Devices.Generator?

  /// Creates the sampler.
  ///
  /// - Parameters:
  ///   - indices: indices to draw from.
  ///   - generator: random number generator; by default the default generator.
  public init(_ indices: [Int], generator: Devices.Generator? = nil) {
    (self.indices, self.generator) = (indices, generator)
  }

  public var count: Int { indices.count }

  public func makeIterator() -> AnyIterator<Int> {
    let order = Tensor.randperm(indices.count, generator: generator ?? .default)
    var places = order.scalars(as: Int.self).makeIterator()
    return AnyIterator { places.next().map { indices[$0] } }
  }
}

/// Indices drawn with the given weights: `torch.utils.data.WeightedRandomSampler`.
public struct WeightedRandomSampler: Sampler {
  private let weights: Tensor
  private let replacement: Bool
  public let count: Int
  public let generator: Devices.Generator?

  /// Creates the sampler.
  ///
  /// - Parameters:
  ///   - weights: weight of each example; they need not sum to 1.
  ///   - numSamples: number of indices in an epoch.
  ///   - replacement: whether to draw with replacement.
  ///   - generator: random number generator; by default the default generator.
  public init(
    _ weights: [Double], numSamples: Int, replacement: Bool = true,
    generator: Devices.Generator? = nil
  ) {
    let positive = weights.count { $0 > 0 }
    guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }), numSamples > 0, positive > 0,
      replacement || numSamples <= positive
    else {
      fatalError(
        "WeightedRandomSampler: \(numSamples) samples \(replacement ? "with" : "without") "
          + "replacement, by \(positive) weights above 0 of \(weights.count); weights must be "
          + "finite and at least 0")
    }
    self.weights = Tensor(weights, dtype: .float64)
    (count, self.replacement, self.generator) = (numSamples, replacement, generator)
  }

  public func makeIterator() -> IndexingIterator<[Int]> {
    weights.multinomial(count, replacement: replacement, generator: generator ?? .default)
      .scalars(as: Int.self).makeIterator()
  }
}
