/// Examples that flow through steps, one after another, when they are asked for: `torchdata`'s
/// iterable pipes.
///
///     let pipe = DataPipe<String>.lines("corpus.txt")
///       .filter { !$0.isEmpty }
///       .map { try vocabulary.encode($0) }
///       .shuffle(buffer: 1000)
///     for batch in DataLoader(pipe, batchSize: 32, collate: padded()) { … }
///
/// A pipe does nothing until it is iterated, and can be iterated again. A step that fails ends the
/// iteration with its error. With a ``DataLoader``'s workers, examples are drawn one by one, and
/// collated by all; a costly step is shared by `map(numWorkers:_:)`.
public struct DataPipe<Example: Sendable>: IterableDataset {
  public let count: Int?
  private let start: @Sendable () throws -> ExampleIterator<Example>

  /// A pipe that starts as `start` says.
  ///
  /// - Parameters:
  ///   - count: how many examples there are, where that is known.
  ///   - start: begins anew.
  public init(
    count: Int? = nil, _ start: @escaping @Sendable () throws -> ExampleIterator<Example>
  ) {
    (self.count, self.start) = (count, start)
  }

  /// The elements of a sequence.
  public init<Source: Sequence & Sendable>(_ sequence: Source) where Source.Element == Example {
    self.init { ExampleIterator(sequence.makeIterator()) }
  }

  /// The elements of a collection.
  public init<Source: Collection & Sendable>(_ collection: Source)
  where Source.Element == Example {
    self.init(count: collection.count) { ExampleIterator(collection.makeIterator()) }
  }

  /// The examples of a dataset, in order.
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

  /// The examples of an iterable dataset.
  public init(_ dataset: some IterableDataset<Example>) {
    self.init(count: dataset.count) { try dataset.makeIterator() }
  }

  public func makeIterator() throws -> ExampleIterator<Example> { try start() }

  /// Calls `body` with each example.
  public func forEach(_ body: (Example) throws -> Void) throws {
    let iterator = try makeIterator()
    while let example = try iterator.next() { try body(example) }
  }

  /// All examples.
  public func collect() throws -> [Example] {
    var examples: [Example] = []
    try forEach { examples.append($0) }
    return examples
  }
}

extension DataPipe {
  /// A step: a pipe whose iterator is made of this one's.
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
