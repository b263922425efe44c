extension DataLoader {
  /// Creates a loader of any dataset.
  ///
  /// Invalid settings are reported as an error of each loop.
  ///
  /// - Parameters:
  ///   - dataset: dataset to load from.
  ///   - batchSize: number of examples in a batch.
  ///   - shuffle: whether to reshuffle the examples at every epoch.
  ///   - sampler: sampler of indices, instead of `shuffle`.
  ///   - batchSampler: sampler of batches of indices, instead of all the above.
  ///   - dropLast: whether to drop the last batch if it is incomplete.
  ///   - numWorkers: number of worker threads; 0 to load in the loop's thread.
  ///   - prefetchFactor: number of batches that each worker loads in advance.
  ///   - persistentWorkers: whether workers are kept for the next loop.
  ///   - timeout: maximum time to wait for a worker's batch.
  ///   - pinMemory: whether to copy batches to page-locked memory, from which `to(_:nonBlocking:)`
  ///     copies to a GPU asynchronously: tensors, and tuples of up to four, arrays and dictionaries
  ///     with them. Has no effect without a GPU.
  ///   - generator: generator of the order and of all seeds; by default the default generator.
  ///   - workerInit: function that each worker calls first, with its index.
  ///   - collate: function that makes a batch of one or more examples.
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
      exampleCount: dataset.access.count,
      workers: Workers(
        count: numWorkers, prefetchFactor: prefetchFactor, persist: persistentWorkers,
        timeout: timeout, initialize: workerInit, pin: pinMemory),
      makeSource: { try $0.source(of: dataset, collate: collate) })
  }

  /// Creates a loader of a dataset that makes whole batches itself, such as ``TensorDataset``.
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
      exampleCount: dataset.access.count,
      workers: Workers(
        count: numWorkers, prefetchFactor: prefetchFactor, persist: persistentWorkers,
        timeout: timeout, initialize: workerInit, pin: pinMemory),
      makeSource: { try $0.source(of: dataset) })
  }

  /// Creates a loader of examples that are ``Collatable``, such as tensors, numbers, strings,
  /// arrays and dictionaries.
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

  /// Creates a loader of examples that are tuples of ``Collatable`` values; a batch is a tuple of
  /// their batches.
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

  /// Creates a loader of single examples, without batching: `batch_size=None`.
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
