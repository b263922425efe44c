/// Named series of numbers that grow while a model trains, such as losses and accuracies.
///
///     history.append(["loss": 0.31, "validation loss": 0.35], at: 10)
public struct History: Sendable {
  /// A number at a place on the way, such as an epoch.
  public struct Point: Hashable, Sendable {
    public var position: Double
    public var value: Double
  }

  /// The series by name, in the order in which they first came.
  public private(set) var series: OrderedDictionary<String, [Point]> = [:]

  public init() {}

  /// Adds a number to each of the series that are named.
  public mutating func append(_ values: KeyValuePairs<String, Double>, at position: Double) {
    for (name, value) in values {
      series[name, default: []].append(Point(position: position, value: value))
    }
  }

  /// The last number of a series.
  public func last(_ name: String) -> Double? {
    series[name]?.last?.value
  }

  /// Only the series of these names.
  public func selecting(_ names: [String]) -> History {
    var history = self
    history.series = series.filter { names.contains($0.key) }
    return history
  }
}
