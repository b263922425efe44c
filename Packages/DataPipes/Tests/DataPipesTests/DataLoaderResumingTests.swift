import DataPipes
import Foundation
import Testing

/// Epochs that are resumed where they were left.
@Suite struct DataLoaderResumingTests {
  @Test(arguments: [0, 2], 0..<20)
  func resumedInTheMiddle(numWorkers: Int, seed: Int) throws {
    var random = Seeded(seed)
    let own = Bool.random(using: &random)
    let stop = Int.random(in: 0...6, using: &random)
    let data = Fragile(count: 20).map { Tensor.rand([1]) + Double($0) }
    func loader() -> DataLoader<Tensor> {
      let sampler: (any Sampler<Int>)? =
        seed % 3 == 0 ? RandomSampler(20, replacement: true, generator: Generator(seed: 1)) : nil
      return DataLoader(
        data, batchSize: 3, shuffle: sampler == nil, sampler: sampler, numWorkers: numWorkers,
        generator: own ? Generator(seed: 12) : nil)
    }
    func rest(_ loader: DataLoader<Tensor>) -> [[Float]] {
      loader.map { $0.scalars(as: Float.self) }
    }
    try Generator(seed: UInt64(seed)).withDefault {
      // One uninterrupted run …
      let first = loader()
      _ = rest(first)
      var (whole, saved): ([[Float]], DataLoaderState?) = ([], stop == 0 ? first.state : nil)
      let between = Generator.default.state
      for batch in first {
        whole.append(batch.scalars(as: Float.self))
        if whole.count == stop { saved = first.state }
      }
      let following = rest(first)
      // … and one that resumes from its saved state.
      let state = try JSONDecoder().decode(
        DataLoaderState.self, from: JSONEncoder().encode(#require(saved)))
      #expect(state.batch == stop)
      let second = loader()
      if stop == 0 { Generator.default.state = between }
      second.state = state
      #expect(second.state == state)
      #expect(rest(second) == Array(whole[stop...]))
      // Without a generator of its own, the second loader continues with the default generator as
      // it is.
      if own { #expect(rest(second) == following) }
    }
  }

  @Test func aPipeIsResumed() {
    let loader = DataLoader(DataPipe(0..<10), batchSize: 3)
    var state: DataLoaderState?
    for (i, _) in loader.enumerated() where i == 1 { state = loader.state }
    let other = DataLoader(DataPipe(0..<10), batchSize: 3)
    if let state { other.state = state }
    #expect(epoch(other) == [[6, 7, 8], [9]] && epoch(other).count == 4)
  }
}
