/// A lazy sequence of examples, transformed step by step: `torchdata`'s iterable pipes.
///
///     let pipe = DataPipe<String>.lines("corpus.txt")
///       .filter { !$0.isEmpty }
///       .map { try vocabulary.encode($0) }
///       .shuffle(buffer: 1000)
///     for batch in DataLoader(pipe, batchSize: 32, collate: padded()) { … }
///
/// A pipe does nothing until it is iterated, and can be iterated again. A step that fails ends the
/// iteration with its error. A ``DataLoader``'s workers read examples one at a time, and only
/// collate in parallel; use `map(numWorkers:_:)` to run an expensive step in parallel.
public struct DataPipe<Example: Sendable>: IterableDataset {
  public let count: Int?
  private let start: @Sendable () throws -> ExampleIterator<Example>

  /// Creates a pipe from a function that starts an iteration.
  ///
  /// - Parameters:
  ///   - count: number of examples; nil if unknown.
  ///   - start: function that starts a new iteration.
  public init(
    count: Int? = nil, _ start: @escaping @Sendable () throws -> ExampleIterator<Example>
  ) {
    (self.count, self.start) = (count, start)
  }

  /// Creates a pipe of the elements of a sequence.
  public init<Source: Sequence & Sendable>(_ sequence: Source) where Source.Element == Example {
    self.init { ExampleIterator(sequence.makeIterator()) }
  }

  /// Creates a pipe of the elements of a collection.
  public init<Source: Collection & Sendable>(_ collection: Source)
  where Source.Element == Example {
    self.init(count: collection.count) { ExampleIterator(collection.makeIterator()) }
  }

  /// Creates a pipe of the examples of a dataset, in order.
  public init(_ dataset: some Dataset<Example>) {
    self.init(count: dataset.count) {
      var index = 0
      return ExampleIterator {
        guard index < dataset.count else { return nil }
        defer { index += 1 }
        return try dataset[index]
      }
    }
  }

  /// Creates a pipe of the examples of an iterable dataset.
  public init(_ dataset: some IterableDataset<Example>) {
    self.init(count: dataset.count) { try dataset.makeIterator() }
  }

  public func makeIterator() throws -> ExampleIterator<Example> { try start() }

  /// Calls `body` with each example.
  public func forEach(_ body: (Example) throws -> Void) throws {
    let iterator = try makeIterator()
    while let example = try iterator.next() { try body(example) }
  }

  /// All examples, as an array.
  public func collect() throws -> [Example] {
    var examples: [Example] = []
    try forEach { examples.append($0) }
    return examples
  }
}

extension DataPipe {
  /// A pipe whose iterator is made from this pipe's.
  func step<Result>(
    count: Int? = nil,
    _ make: @escaping @Sendable (ExampleIterator<Example>) throws -> ExampleIterator<Result>
  ) -> DataPipe<Result> {
    DataPipe<Result>(count: count) { try make(makeIterator()) }
  }

  func require(_ condition: Bool, _ step: String, _ problem: String) {
    guard condition else { fatalError("DataPipe.\(step): \(problem)") }
  }
}
