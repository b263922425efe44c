/// The batches of an epoch, as jobs: a loader's dataset, sampler and collation combined.
struct BatchSource<Batch: Sendable>: Sendable {
  /// The number of batches of an epoch; nil if unknown.
  let count: Int?
  /// The sampler's generator; nil for the default generator.
  let generator: Devices.Generator?
  /// Begins an epoch. Jobs end early after a cancellation.
  let begin: @Sendable (Cancellation) throws -> ExampleIterator<Job<Batch>>
}

/// The settings that choose the examples of batches.
struct BatchChoice {
  var batchSize: Int
  var shuffle: Bool
  var dropLast: Bool
  var sampler: (any Sampler<Int>)?
  var batchSampler: (any Sampler<[Int]>)?
  var generator: Devices.Generator?

  /// The resulting batch sampler.
  private func batches(of exampleCount: Int) throws -> any Sampler<[Int]> {
    guard batchSize > 0 else {
      throw DataLoaderError.invalidSetting("a batchSize of \(batchSize); it must be at least 1")
    }
    if let batchSampler {
      guard batchSize == 1, !shuffle, !dropLast, sampler == nil else {
        throw DataLoaderError.invalidSetting(
          "a batchSampler decides on batchSize, shuffle, dropLast and sampler; leave them out")
      }
      return batchSampler
    }
    func grouped(_ sampler: some Sampler<Int>) -> any Sampler<[Int]> {
      BatchSampler(sampler, batchSize: batchSize, dropLast: dropLast)
    }
    if let sampler {
      guard !shuffle else {
        throw DataLoaderError.invalidSetting("a sampler decides on the order; leave out shuffle")
      }
      return grouped(sampler)
    }
    return shuffle
      ? grouped(RandomSampler(exampleCount, generator: generator))
      : grouped(SequentialSampler(exampleCount))
  }

  private var hasSampler: Bool { shuffle || sampler != nil || batchSampler != nil }
}

extension BatchChoice {
  /// Batches of a dataset's examples.
  ///
  /// - Parameter collate: function that makes a batch of one or more examples.
  func source<Source: DataSource, Batch>(
    of dataset: Source, collate: @escaping @Sendable ([Source.Example]) throws -> Batch
  ) throws -> BatchSource<Batch> {
    switch dataset.access {
    case .byIndex(let count, let read):
      try source(of: count) { indices, cancellation in
        var examples: [Source.Example] = []
        examples.reserveCapacity(indices.count)
        for index in indices {
          if cancellation.isCancelled { throw CancellationError() }
          do {
            examples.append(try read(index))
          } catch {
            throw ExampleFailure(index: index, cause: error)
          }
        }
        return try named(indices) { try collate(examples) }
      }
    case .inOrder(let count, let start):
      try source(of: count, start: start, collate: collate)
    }
  }

  /// Batches that the dataset makes itself.
  func source<Source: BatchedDataset>(of dataset: Source) throws -> BatchSource<Source.Batch> {
    try source(of: dataset.count) { indices, _ in
      try named(indices) { try dataset.batch(at: indices) }
    }
  }

  private func source<Batch>(
    of exampleCount: Int, make: @escaping @Sendable ([Int], Cancellation) throws -> Batch
  ) throws -> BatchSource<Batch> {
    let sampler = try batches(of: exampleCount)
    return BatchSource(count: sampler.count, generator: sampler.generator) { cancellation in
      let batches = checkedBatches(sampler, exampleCount: exampleCount)
      return described { _ in
        try batches.next().map { indices in { try make(indices, cancellation) } }
      }
    }
  }

  private func source<Example: Sendable, Batch>(
    of exampleCount: Int?, start: @escaping @Sendable () throws -> ExampleIterator<Example>,
    collate: @escaping @Sendable ([Example]) throws -> Batch
  ) throws -> BatchSource<Batch> {
    guard batchSize > 0 else {
      throw DataLoaderError.invalidSetting("a batchSize of \(batchSize); it must be at least 1")
    }
    guard !hasSampler else {
      throw DataLoaderError.invalidSetting(
        "an iterable dataset cannot be reordered; leave out shuffle and samplers, "
          + "and shuffle a DataPipe by its shuffle(buffer:)")
    }
    let (batchSize, dropLast) = (batchSize, dropLast)
    let count = exampleCount.map {
      dropLast ? $0 / batchSize : ($0 + batchSize - 1) / batchSize
    }
    return BatchSource(count: count, generator: nil) { _ in
      let iterator = try start()
      var read = 0
      return described { _ in
        var examples: [Example] = []
        examples.reserveCapacity(batchSize)
        do {
          while examples.count < batchSize, let example = try iterator.next() {
            examples.append(example)
          }
        } catch {
          throw ExampleFailure(index: read + examples.count, cause: error)
        }
        guard !examples.isEmpty, !dropLast || examples.count == batchSize else { return nil }
        let indices = Array(read..<read + examples.count)
        read += examples.count
        return { try named(indices) { try collate(examples) } }
      }
    }
  }
}

/// A sampler's batches, with indices checked against the dataset's size.
private func checkedBatches(
  _ sampler: some Sampler<[Int]>, exampleCount: Int
) -> ExampleIterator<[Int]> {
  var batches = sampler.makeIterator()
  var number = -1
  return ExampleIterator {
    guard let indices = batches.next() else { return nil }
    number += 1
    for index in indices where !(0..<exampleCount).contains(index) {
      throw DataLoaderError.indexOutOfRange(index, count: exampleCount, batch: number)
    }
    return indices
  }
}

/// Jobs whose errors name the batch, the example and the worker.
private func described<Batch>(
  _ next: @escaping (_ number: Int) throws -> Job<Batch>?
) -> ExampleIterator<Job<Batch>> {
  var number = -1
  return ExampleIterator {
    number += 1
    return try describing(number) { [number] in
      try next(number).map { job in { try describing(number, job) } }
    }
  }
}

private func describing<Result>(_ batch: Int, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let failure as ExampleFailure {
    throw DataLoaderError.example(
      failure.index, batch: batch, worker: WorkerInfo.current?.id, cause: failure.cause)
  } catch let error as DataLoaderError {
    throw error
  } catch {
    throw DataLoaderError.batch(batch, worker: WorkerInfo.current?.id, cause: error)
  }
}

/// Adds to a collation error the index of the example that cannot be collated.
private func named<Batch>(_ indices: [Int], _ collate: () throws -> Batch) throws -> Batch {
  do {
    return try collate()
  } catch let error as CollationError where indices.indices.contains(error.place) {
    throw ExampleFailure(index: indices[error.place], cause: error)
  }
}
