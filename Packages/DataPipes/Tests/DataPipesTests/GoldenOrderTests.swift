import DataPipes
import Testing

/// The orders are PyTorch's, whatever the number of workers.
@Suite struct GoldenOrderTests {
  private struct Case: Decodable, Sendable {
    let epochs: [[[Int]]]
    let next: Int
  }

  private static let cases: [String: Case] = golden("orders")

  private typealias Loader = DataLoader<Tensor>

  private static func data(_ count: Int) -> TensorDataset<Tensor> { TensorDataset(.arange(count)) }

  private static let weights = [0.1, 0, 3, 1, 0.5, 2]
  private static let subset = [3, 1, 4, 15, 9, 2, 6]

  private static let loaders: [String: @Sendable (_ numWorkers: Int) -> Loader] = [
    "in order": { Loader(data(7), batchSize: 3, numWorkers: $0) },
    "in order, generator": {
      Loader(data(7), batchSize: 3, numWorkers: $0, generator: Generator(seed: 5))
    },
    "shuffled": { Loader(data(10), batchSize: 3, shuffle: true, numWorkers: $0) },
    "shuffled, last dropped": {
      Loader(data(10), batchSize: 4, shuffle: true, dropLast: true, numWorkers: $0)
    },
    "shuffled, generator": {
      Loader(
        data(10), batchSize: 4, shuffle: true, numWorkers: $0, generator: Generator(seed: 5))
    },
    "shuffled, single": { Loader(data(5), shuffle: true, numWorkers: $0) },
    "shuffled, 1000": { Loader(data(1000), batchSize: 128, shuffle: true, numWorkers: $0) },
    "replacement": {
      Loader(
        data(10), batchSize: 8, sampler: RandomSampler(10, replacement: true, numSamples: 70),
        numWorkers: $0)
    },
    "replacement, 64": {
      Loader(
        data(10), batchSize: 16,
        sampler: RandomSampler(
          10, replacement: true, numSamples: 64, generator: Generator(seed: 8)),
        numWorkers: $0)
    },
    "several rounds": {
      Loader(data(4), batchSize: 3, sampler: RandomSampler(4, numSamples: 10), numWorkers: $0)
    },
    "few": {
      Loader(data(9), batchSize: 2, sampler: RandomSampler(9, numSamples: 5), numWorkers: $0)
    },
    "subset": {
      Loader(data(20), batchSize: 3, sampler: SubsetRandomSampler(subset), numWorkers: $0)
    },
    "subset, generator": {
      Loader(
        data(20), batchSize: 3,
        sampler: SubsetRandomSampler(subset, generator: Generator(seed: 2)), numWorkers: $0)
    },
    "weighted": {
      Loader(
        data(6), batchSize: 4, sampler: WeightedRandomSampler(weights, numSamples: 20),
        numWorkers: $0)
    },
    "weighted, once": {
      Loader(
        data(6), batchSize: 4,
        sampler: WeightedRandomSampler(
          weights, numSamples: 5, replacement: false, generator: Generator(seed: 4)),
        numWorkers: $0)
    },
    "batch sampler": {
      Loader(
        data(10), batchSampler: BatchSampler(SequentialSampler(10), batchSize: 4, dropLast: true),
        numWorkers: $0)
    },
    "distributed": {
      Loader(
        data(11), batchSize: 2, sampler: DistributedSampler(11, worldSize: 3, rank: 1, seed: 6),
        numWorkers: $0)
    },
    "distributed, last dropped": {
      Loader(
        data(11), batchSize: 2,
        sampler: DistributedSampler(11, worldSize: 3, rank: 2, dropLast: true), numWorkers: $0)
    },
    "distributed, in order": {
      Loader(
        data(5), batchSize: 2,
        sampler: DistributedSampler(5, worldSize: 4, rank: 3, shuffle: false), numWorkers: $0)
    },
    "distributed, more than examples": {
      Loader(
        data(2), batchSize: 2, sampler: DistributedSampler(2, worldSize: 5, rank: 4),
        numWorkers: $0)
    },
  ]

  @Test func allCasesAreThere() {
    #expect(Set(Self.cases.keys) == Set(Self.loaders.keys))
  }

  @Test(arguments: loaders.keys.sorted(), [0, 1, 2, 5])
  func orderIsPyTorchs(name: String, numWorkers: Int) throws {
    let expected = try #require(Self.cases[name])
    Generator(seed: 3).withDefault {
      let loader = Self.loaders[name]!(numWorkers)
      for epoch in expected.epochs {
        #expect(loader.map { $0.scalars(as: Int.self) } == epoch)
        #expect(loader.count == epoch.count && loader.error == nil)
      }
      #expect(Tensor.randint(0, 1 << 30, [1]).item(as: Int.self) == expected.next)
    }
  }

  @Test func distributedEpochsDiffer() {
    let sampler = DistributedSampler(20, worldSize: 2, rank: 0)
    let first = Array(sampler)
    #expect(Array(sampler) == first)
    sampler.setEpoch(1)
    #expect(Array(sampler) != first && sampler.count == 10)
    // Together, the processes read each example once.
    let other = DistributedSampler(20, worldSize: 2, rank: 1)
    other.setEpoch(1)
    #expect((Array(sampler) + Array(other)).sorted() == Array(0..<20))
  }

  @Test func randomSplitIsPyTorchs() {
    Generator(seed: 0).withDefault {
      #expect(
        randomSplit(Self.data(10), [6, 3, 1]).map(\.indices) == [
          [4, 1, 7, 5, 3, 9], [0, 8, 6], [2],
        ])
    }
    let parts = randomSplit(Self.data(10), [0.25, 0.25, 0.5], generator: Generator(seed: 0))
    #expect(parts.map(\.count) == [3, 2, 5])
    #expect(parts.flatMap(\.indices).sorted() == Array(0..<10))
  }
}
