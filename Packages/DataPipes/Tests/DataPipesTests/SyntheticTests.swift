import DataPipes
import Foundation
import Testing

@Suite struct SyntheticTests {
  private typealias Examples = Synthetic.Examples

  private static let sets: [String: @Sendable (Generator) -> Examples] = [
    "moons": { Synthetic.moons(101, noise: 0.1, generator: $0) },
    "circles": { Synthetic.circles(101, noise: 0.1, generator: $0) },
    "spiral": { Synthetic.spiral(101, noise: 0.1, generator: $0) },
    "blobs": { Synthetic.blobs(101, features: 4, generator: $0) },
    "regression": { Synthetic.regression(101, features: 3, noise: 1, generator: $0).0 },
  ]

  @Test(arguments: sets.keys.sorted())
  func theSeedDecides(name: String) throws {
    let make = try #require(Self.sets[name])
    let (one, same) = (make(Generator(seed: 1)), make(Generator(seed: 1)))
    #expect(one.inputs.equal(same.inputs) && one.targets.equal(same.targets))
    #expect(!one.inputs.equal(make(Generator(seed: 2)).inputs))
    #expect(one.count == 101 && one.inputs.dtype == .float32)
  }

  private func perClass(_ examples: Examples) -> [Int] {
    examples.targets.oneHot().sum(dim: 0).scalars(as: Int.self)
  }

  @Test func shapesWithoutNoise() {
    let moons = Synthetic.moons(100)
    #expect(perClass(moons) == [50, 50] && moons.targets.dtype == .int64)
    for (x, y) in (0..<100).map({ moons[$0] }) {
      let (a, b) = (x[0].item(), x[1].item())
      let isOuter = y.item() == 0
      let distance = isOuter ? hypot(a, b) : hypot(a - 1, b - 0.5)
      #expect(abs(distance - 1) < 1e-6 && (isOuter ? b >= -1e-6 : b <= 0.5 + 1e-6))
    }
    let circles = Synthetic.circles(60, factor: 0.5)
    for (x, y) in (0..<60).map({ circles[$0] }) {
      #expect(abs(hypot(x[0].item(), x[1].item()) - (y.item() == 0 ? 1 : 0.5)) < 1e-6)
    }
    let spiral = Synthetic.spiral(90, classCount: 3)
    #expect(perClass(spiral) == [30, 30, 30])
    let radius = spiral.inputs.square().sum(dim: 1).sqrt()
    #expect(radius.max().item() <= 1 + 1e-6 && radius.min().item() == 0)
    #expect(perClass(Synthetic.blobs(10, classCount: 4)) == [3, 3, 2, 2])
    let (line, weights) = Synthetic.regression(20, features: 2, bias: 3)
    #expect(isClose(line.inputs • weights + 3, line.targets, tolerance: 1e-5))
    #expect(line.targets.shape == [20, 1] && weights.shape == [2, 1])
    #expect(Synthetic.moons(0).count == 0 && Synthetic.spiral(1, classCount: 1).count == 1)
  }

  @Test func theOrderIsRandom() {
    let labels = Synthetic.moons(100, generator: Generator(seed: 4)).targets
    #expect(labels[0..<50].sum().item() > 10 && labels[0..<50].sum().item() < 40)
  }

  @Test func noiseIsNormal() {
    let noisy = Synthetic.blobs(20_000, classCount: 1, std: 2, generator: Generator(seed: 3))
    #expect(noisy.inputs.std(dims: [0]).scalars(as: Double.self).allSatisfy { abs($0 - 2) < 0.05 })
  }
}
