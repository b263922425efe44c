import CKernels

/// How the elements along a dim are computed from those along another: each is a sum of weighted
/// elements. Interpolation is such a sum of a few neighbours.
public struct Resampling: Sendable {
  /// An element of the sum: its index and its weight.
  public struct Term: Sendable {
    let place: Int
    let weight: Double

    /// Creates a term.
    public init(_ place: Int, weight: Double) { (self.place, self.weight) = (place, weight) }
  }

  /// The size of the dim that is resampled.
  public let size: Int
  /// The size of the result's dim.
  public let count: Int
  /// The number of terms of the longest sum; 0 if the dim is left as it is.
  let taps: Int
  /// The k-th terms of all sums after the (k-1)-th: the place is `size` where a sum has fewer.
  let places: [Int32]
  let weights: [Double]

  /// Creates the resampling of a dim.
  ///
  /// - Parameters:
  ///   - size: the size of the dim.
  ///   - sums: the terms of each element of the result.
  public init(size: Int, sums: [[Term]]) {
    (self.size, count) = (size, sums.count)
    taps = max(sums.map(\.count).max() ?? 0, 1)
    var places = [Int32](repeating: Int32(size), count: taps * count)
    var weights = [Double](repeating: 0, count: taps * count)
    for (index, sum) in sums.enumerated() {
      for (tap, term) in sum.enumerated() {
        places[tap * count + index] = Int32(term.place)
        weights[tap * count + index] = term.weight
      }
    }
    (self.places, self.weights) = (places, weights)
  }

  /// Creates one that leaves a dim as it is.
  public init(none size: Int) {
    (self.size, count, taps, places, weights) = (size, size, 0, [], [])
  }

  /// The transpose, as the gradient needs it.
  public var transposed: Resampling {
    if taps == 0 { return self }
    var sums = [[Term]](repeating: [], count: size)
    for index in 0..<count {
      for tap in 0..<taps where places[tap * count + index] < size {
        let place = tap * count + index
        sums[Int(places[place])].append(Term(index, weight: weights[place]))
      }
    }
    return Resampling(size: count, sums: sums)
  }

  func withTaps<Result>(_ body: (Taps) -> Result) -> Result {
    places.withUnsafeBufferPointer { places in
      weights.withUnsafeBufferPointer { weights in
        body(
          Taps(
            size: size, count: count, taps: taps, places: places.baseAddress,
            weights: weights.baseAddress))
      }
    }
  }
}
