import Foundation

/// Small random datasets for experiments: `sklearn.datasets.make_…`.
///
/// Inputs are float32 of shape [count, features]; classes are int64 of shape [count]. The order is
/// random. The same seed of the generator gives the same numbers.
public enum Synthetic {
  /// Inputs and targets.
  public typealias Examples = TensorDataset<Tensor, Tensor>

  /// Two interleaving half circles: `make_moons`.
  ///
  /// - Parameters:
  ///   - count: number of points.
  ///   - noise: standard deviation of the Gaussian noise added to the coordinates.
  ///   - generator: random number generator.
  public static func moons(
    _ count: Int, noise: Double = 0, generator: Generator = .default
  ) -> Examples {
    check(count, noise, "moons")
    let outer = count / 2
    let (a, b) = (angles(outer, to: .pi), angles(count - outer, to: .pi))
    return shuffled(
      .cat([points(a.cos(), a.sin()), points(1 - b.cos(), 0.5 - b.sin())], dim: 0),
      classes([outer, count - outer]), noise, generator)
  }

  /// A circle in a larger one: `make_circles`.
  ///
  /// - Parameters:
  ///   - count: number of points.
  ///   - noise: standard deviation of the Gaussian noise added to the coordinates.
  ///   - factor: radius of the inner circle; the radius of the outer one is 1.
  ///   - generator: random number generator.
  public static func circles(
    _ count: Int, noise: Double = 0, factor: Double = 0.8, generator: Generator = .default
  ) -> Examples {
    check(count, noise, "circles")
    guard (0..<1).contains(factor) else {
      fatalError("Synthetic.circles: a factor of \(factor); it must be at least 0 and less than 1")
    }
    let outer = count / 2
    // Without the last point, which is the first.
    func circle(_ count: Int) -> Tensor { angles(count + 1, to: 2 * .pi)[0..<count] }
    let (a, b) = (circle(outer), circle(count - outer))
    return shuffled(
      .cat([points(a.cos(), a.sin()), points(b.cos(), b.sin()) * factor], dim: 0),
      classes([outer, count - outer]), noise, generator)
  }

  /// Spiral arms around the origin, one for each class, as in Stanford's course CS231n.
  ///
  /// Along arm k, the radius grows from 0 to 1 and the angle from 4k to 4k + 4 radians.
  public static func spiral(
    _ count: Int, classCount: Int = 3, noise: Double = 0, generator: Generator = .default
  ) -> Examples {
    check(count, noise, "spiral")
    let counts = shares(of: count, among: classCount, "spiral")
    let arms = counts.enumerated().map { arm, count in
      let radius = Tensor.linspace(0, 1, steps: count)
      let angle = radius * 4 + Double(4 * arm)
      return points(radius * angle.sin(), radius * angle.cos())
    }
    return shuffled(.cat(arms, dim: 0), classes(counts), noise, generator)
  }

  /// Gaussian clusters of points: `make_blobs`.
  ///
  /// - Parameters:
  ///   - count: number of points.
  ///   - classCount: number of clusters, whose centers' coordinates are drawn from U(-10, 10).
  ///   - features: number of features of a point.
  ///   - std: standard deviation of the clusters.
  ///   - generator: random number generator.
  public static func blobs(
    _ count: Int, classCount: Int = 3, features: Int = 2, std: Double = 1,
    generator: Generator = .default
  ) -> Examples {
    check(count, std, "blobs")
    let counts = shares(of: count, among: classCount, "blobs")
    let centers = Tensor.uniform(
      [classCount, features], low: -10, high: 10, generator: generator)
    let labels = classes(counts)
    return shuffled(centers[labels], labels, std, generator)
  }

  /// A linear regression problem, whose targets are weighted sums of random inputs:
  /// `make_regression`.
  ///
  /// - Parameters:
  ///   - count: number of points.
  ///   - features: number of features of a point.
  ///   - noise: standard deviation of the Gaussian noise added to the targets.
  ///   - bias: constant added to all targets.
  ///   - generator: random number generator.
  /// - Returns: normally distributed inputs, with targets of shape [count, 1], all float32; and the
  ///   weights, drawn from U(0, 100), of shape [features, 1].
  public static func regression(
    _ count: Int, features: Int = 1, noise: Double = 0, bias: Double = 0,
    generator: Generator = .default
  ) -> (Examples, weights: Tensor) {
    check(count, noise, "regression")
    guard features > 0 else { fatalError("Synthetic.regression: \(features) features") }
    let x = Tensor.randn([count, features], generator: generator)
    let weights = Tensor.uniform([features, 1], low: 0, high: 100, generator: generator)
    let y = x • weights + bias
    let noisy = noise > 0 ? y + Tensor.randn([count, 1], generator: generator) * noise : y
    return (TensorDataset(x, noisy), weights)
  }

  // MARK: Parts

  private static func check(_ count: Int, _ noise: Double, _ name: String) {
    guard count >= 0, noise >= 0 else {
      fatalError("Synthetic.\(name): \(count) points with a deviation of \(noise)")
    }
  }

  private static func angles(_ count: Int, to end: Double) -> Tensor {
    .linspace(0, end, steps: count)
  }

  private static func points(_ x: Tensor, _ y: Tensor) -> Tensor { .stack([x, y], dim: 1) }

  private static func classes(_ counts: [Int]) -> Tensor {
    Tensor(counts.enumerated().flatMap { Array(repeating: $0, count: $1) }, dtype: .int64)
  }

  /// Numbers of points for each class, as equal as possible.
  private static func shares(of count: Int, among classes: Int, _ name: String) -> [Int] {
    guard classes > 0 else { fatalError("Synthetic.\(name): \(classes) classes") }
    return (0..<classes).map { (count + classes - 1 - $0) / classes }
  }

  private static func shuffled(
    _ x: Tensor, _ y: Tensor, _ noise: Double, _ generator: Generator
  ) -> Examples {
    let order = Tensor.randperm(y.numel, generator: generator)
    let noisy = noise > 0 ? x + Tensor.randn(x.shape, generator: generator) * noise : x
    return TensorDataset(noisy[order], y[order])
  }
}
