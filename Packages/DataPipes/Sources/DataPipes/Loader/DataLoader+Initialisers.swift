extension DataLoader {
  /// A loader of any dataset.
  ///
  /// Settings that make no sense are errors of the first loop.
  ///
  /// - Parameters:
  ///   - dataset: where examples come from.
  ///   - batchSize: examples in a batch.
  ///   - shuffle: whether each epoch takes the examples in another order.
  ///   - sampler: the order of the examples, instead of `shuffle`.
  ///   - batchSampler: the examples of each batch, instead of all the above.
  ///   - dropLast: whether to leave out a last batch that is smaller than the others.
  ///   - numWorkers: how many threads make batches; 0 for the loop's own.
  ///   - prefetchFactor: how many batches a worker makes ahead.
  ///   - persistentWorkers: whether workers wait for the next loop instead of ending with one.
  ///   - timeout: how long to wait for a worker's batch.
  ///   - pinMemory: whether batches go to page-locked memory, from where `to(_:nonBlocking:)` copies them to a
  ///     GPU while the program goes on: tensors, and tuples of up to four, arrays and dictionaries with them.
  ///     Without effect where there is no GPU.
  ///   - generator: the source of the order and of all seeds; by default the default generator.
  ///   - workerInit: what each worker does first, with its number.
  ///   - collate: makes a batch of examples, of which there is at least one.
  public convenience init<Source: DataSource>(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false,
    sampler: (any Sampler<Int>)? = nil, batchSampler: (any Sampler<[Int]>)? = nil,
    dropLast: Bool = false, numWorkers: Int = 0, prefetchFactor: Int = 2,
    persistentWorkers: Bool = false, timeout: Duration? = nil, pinMemory: Bool = false,
    generator: Generator? = nil, workerInit: (@Sendable (Int) throws -> Void)? = nil,
    collate: @escaping @Sendable ([Source.Example]) throws -> Batch
  ) {
    self.init(
      BatchChoice(
        batchSize: batchSize, shuffle: shuffle, dropLast: dropLast, sampler: sampler,
        batchSampler: batchSampler, generator: generator),
      workers: Workers(
        count: numWorkers, prefetchFactor: prefetchFactor, persist: persistentWorkers,
        timeout: timeout, initialise: workerInit, pin: pinMemory),
      makeSource: { try $0.source(of: dataset, collate: collate) })
  }

  /// A loader of a dataset that makes whole batches by itself, such as ``TensorDataset``.
  public convenience init<Source: BatchedDataset>(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false,
    sampler: (any Sampler<Int>)? = nil, batchSampler: (any Sampler<[Int]>)? = nil,
    dropLast: Bool = false, numWorkers: Int = 0, prefetchFactor: Int = 2,
    persistentWorkers: Bool = false, timeout: Duration? = nil, pinMemory: Bool = false,
    generator: Generator? = nil, workerInit: (@Sendable (Int) throws -> Void)? = nil
  ) where Source.Batch == Batch {
    self.init(
      BatchChoice(
        batchSize: batchSize, shuffle: shuffle, dropLast: dropLast, sampler: sampler,
        batchSampler: batchSampler, generator: generator),
      workers: Workers(
        count: numWorkers, prefetchFactor: prefetchFactor, persist: persistentWorkers,
        timeout: timeout, initialise: workerInit, pin: pinMemory),
      makeSource: { try $0.source(of: dataset) })
  }

  /// A loader of examples that are ``Collatable``, such as tensors, numbers, strings, arrays and
  /// dictionaries.
  @_disfavoredOverload
  public convenience init<Source: DataSource>(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false,
    sampler: (any Sampler<Int>)? = nil, batchSampler: (any Sampler<[Int]>)? = nil,
    dropLast: Bool = false, numWorkers: Int = 0, prefetchFactor: Int = 2,
    persistentWorkers: Bool = false, timeout: Duration? = nil, pinMemory: Bool = false,
    generator: Generator? = nil, workerInit: (@Sendable (Int) throws -> Void)? = nil
  ) where Source.Example: Collatable, Batch == Source.Example.Batch {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler,
      batchSampler: batchSampler, dropLast: dropLast, numWorkers: numWorkers,
      prefetchFactor: prefetchFactor, persistentWorkers: persistentWorkers, timeout: timeout,
      pinMemory: pinMemory, generator: generator, workerInit: workerInit,
      collate: { try Source.Example.collate($0) })
  }

  /// A loader of examples that are tuples of ``Collatable`` values; a batch is a tuple of their batches.
  @_disfavoredOverload
  public convenience init<
    Source: DataSource, First: Collatable, Second: Collatable, each Other: Collatable
  >(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false,
    sampler: (any Sampler<Int>)? = nil, batchSampler: (any Sampler<[Int]>)? = nil,
    dropLast: Bool = false, numWorkers: Int = 0, prefetchFactor: Int = 2,
    persistentWorkers: Bool = false, timeout: Duration? = nil, pinMemory: Bool = false,
    generator: Generator? = nil, workerInit: (@Sendable (Int) throws -> Void)? = nil
  )
  where
    Source.Example == (First, Second, repeat each Other),
    Batch == (First.Batch, Second.Batch, repeat (each Other).Batch)
  {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler,
      batchSampler: batchSampler, dropLast: dropLast, numWorkers: numWorkers,
      prefetchFactor: prefetchFactor, persistentWorkers: persistentWorkers, timeout: timeout,
      pinMemory: pinMemory, generator: generator, workerInit: workerInit,
      collate: { try collateTuples($0) })
  }

  /// A loader of single examples, not of batches: `batchSize=None`.
  public convenience init<Source: DataSource>(
    _ dataset: Source, batchSize: Never?, shuffle: Bool = false,
    sampler: (any Sampler<Int>)? = nil, numWorkers: Int = 0, prefetchFactor: Int = 2,
    persistentWorkers: Bool = false, timeout: Duration? = nil, pinMemory: Bool = false,
    generator: Generator? = nil, workerInit: (@Sendable (Int) throws -> Void)? = nil
  ) where Batch == Source.Example {
    self.init(
      dataset, batchSize: 1, shuffle: shuffle, sampler: sampler, numWorkers: numWorkers,
      prefetchFactor: prefetchFactor, persistentWorkers: persistentWorkers, timeout: timeout,
      pinMemory: pinMemory, generator: generator, workerInit: workerInit,
      collate: { $0[0] })
  }
}
