import DataPipes
import Foundation

func numbered(_ count: Int) -> TensorDataset<Tensor, Tensor> {
  TensorDataset(.arange(count), .arange(count) * 10)
}

/// A dataset whose examples are their indices, some of which cannot be read.
struct Fragile: Dataset {
  struct Broken: Error, LocalizedError {
    let index: Int
    var errorDescription: String? { "no disk for \(index)" }
  }

  let count: Int
  var broken: Set<Int> = []
  var delay: @Sendable (Int) -> Double = { _ in 0 }

  subscript(index: Int) -> Int {
    get throws {
      if delay(index) > 0 { Thread.sleep(forTimeInterval: delay(index)) }
      if broken.contains(index) { throw Broken(index: index) }
      return index
    }
  }
}

func epoch(_ loader: DataLoader<Tensor>) -> [[Int]] {
  loader.map { $0.scalars(as: Int.self) }
}

/// A seeded random number generator, for random choices in tests.
struct Seeded: RandomNumberGenerator {
  private let generator: Generator
  init(_ seed: Int) { generator = Generator(seed: UInt64(seed)) }
  mutating func next() -> UInt64 { generator.next64() }
}
