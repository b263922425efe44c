/// Summary statistics of numbers.
public struct NumberSummary: Hashable, Codable, Sendable {
  /// The number of values.
  public let count: Int
  /// The number of NaNs.
  public let nans: Int
  /// The number of infinities.
  public let infinities: Int
  /// The number of zeros.
  public let zeros: Int
  // 0 if there are no finite values.
  /// The mean of the finite values.
  public let mean: Double
  /// The standard deviation of the finite values.
  public let standardDeviation: Double
  /// The minimum of the finite values.
  public let min: Double
  /// The maximum of the finite values.
  public let max: Double

  /// Computes the statistics of numbers, in two passes for accuracy.
  public init(_ numbers: some Collection<Double>) {
    count = numbers.count
    nans = numbers.count(where: \.isNaN)
    infinities = numbers.count(where: \.isInfinite)
    zeros = numbers.count { $0 == 0 }
    let finite = Double(count - nans - infinities)
    guard finite > 0 else {
      (mean, standardDeviation, min, max) = (0, 0, 0, 0)
      return
    }
    var (sum, least, most) = (0.0, Double.infinity, -Double.infinity)
    for number in numbers where number.isFinite {
      sum += number
      least = Swift.min(least, number)
      most = Swift.max(most, number)
    }
    let center = sum / finite
    let squares = numbers.reduce(0.0) { sum, number in
      number.isFinite ? sum + (number - center) * (number - center) : sum
    }
    // Sums of very large numbers may be infinite, which JSON cannot represent.
    func finiteOnly(_ number: Double) -> Double {
      Swift.min(Swift.max(number, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    }
    mean = finiteOnly(center)
    standardDeviation = center.isFinite ? finiteOnly((squares / finite).squareRoot()) : 0
    (min, max) = (least, most)
  }

  /// The largest absolute value.
  public var largest: Double { Swift.max(abs(min), abs(max)) }

  /// The mean and standard deviation, the range, and the percentages of NaNs and infinities.
  public var text: String {
    let broken = nans + infinities
    var lines: [String] = []
    if broken < count {
      lines.append("\(mean.briefDescription) ± \(standardDeviation.briefDescription)")
      lines.append("\(min.briefDescription) to \(max.briefDescription)")
    }
    if nans > 0 { lines.append("\(share(nans)) NaN") }
    if infinities > 0 { lines.append("\(share(infinities)) infinite") }
    return count == 0 ? "none" : lines.joined(separator: "\n")
  }

  private func share(_ part: Int) -> String {
    (100 * Double(part) / Double(count)).briefDescription + " %"
  }
}
