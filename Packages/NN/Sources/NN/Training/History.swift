import Foundation
import Support
import Tensors

/// Named series of numbers that are recorded during training, such as losses and accuracies.
///
///     history.append(["loss": 0.31, "validation loss": 0.35], at: 10)
public struct History: Hashable, Sendable {
  /// A number at a position, such as an epoch.
  public struct Point: Hashable, Codable, Sendable {
    /// The position on the x axis, such as a step or an epoch.
    public var position: Double
    /// The number.
    public var value: Double
  }

  /// The series by name, in the order of their first numbers.
  public private(set) var series: OrderedDictionary<String, [Point]> = [:]

  /// Creates an empty history.
  public init() {}

  /// Appends a number to each of the named series.
  public mutating func append(_ values: KeyValuePairs<String, Double>, at position: Double) {
    for (name, value) in values {
      series[name, default: []].append(Point(position: position, value: value))
    }
  }

  /// The last number of a series; nil if there is none.
  public func last(_ name: String) -> Double? {
    series[name]?.last?.value
  }

  /// A history of only the series with these names.
  public func selecting(_ names: [String]) -> History {
    var history = self
    history.series = series.filter { names.contains($0.key) }
    return history
  }
}

/// Writing and reading.
extension History {
  /// The series as CSV: a line for each position, a column for each series; cells without a number
  /// are empty.
  public var csv: String {
    func quoted(_ name: String) -> String {
      name.contains { "\",\n\r".contains($0) }
        ? "\"\(name.replacing("\"", with: "\"\""))\"" : name
    }
    let positions = Set(series.values.joined().map(\.position)).sorted()
    let columns = series.values.map { points in
      Dictionary(points.map { ($0.position, $0.value) }) { $1 }
    }
    var lines = [(["position"] + series.keys.map(quoted)).joined(separator: ",")]
    for position in positions {
      let cells = columns.map { $0[position].map { "\($0)" } ?? "" }
      lines.append((["\(position)"] + cells).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Writes the series as CSV or JSON, by the path's extension. The file is replaced atomically.
  ///
  /// - Throws: ``HistoryError``.
  public func write(to path: String) throws {
    let data: Data
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "csv": data = Data(csv.utf8)
    case "json":
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted]
      encoder.nonConformingFloatEncodingStrategy = History.nonNumbers
      data = try encoder.encode(self)
    default: throw HistoryError.unknownExtension(path: path)
    }
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw HistoryError.cannotWrite(path: path, reason: error.systemReason)
    }
  }

  /// Reads a history from a JSON file that ``write(to:)`` wrote.
  ///
  /// - Throws: ``HistoryError``.
  public init(json path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw HistoryError.cannotRead(path: path, reason: error.systemReason)
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      self = try decoder.decode(History.self, from: data)
    } catch {
      throw HistoryError.cannotRead(path: path, reason: "it is not a history: \(error)")
    }
  }

  private static let nonNumbers = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}

extension History: Codable {
  /// A series in an array, which preserves their order.
  private struct Series: Codable {
    let name: String
    let points: [Point]
  }

  public func encode(to encoder: any Encoder) throws {
    try series.map { Series(name: $0.key, points: $0.value) }.encode(to: encoder)
  }

  public init(from decoder: any Decoder) throws {
    for entry in try [Series](from: decoder) { series[entry.name] = entry.points }
  }
}

/// The errors of writing and reading a history.
public enum HistoryError: Error, Equatable, LocalizedError {
  /// The extension is neither csv nor json.
  case unknownExtension(path: String)
  /// The file could not be written.
  case cannotWrite(path: String, reason: String)
  /// The file could not be read or is not a history.
  case cannotRead(path: String, reason: String)

  public var errorDescription: String? {
    switch self {
    case .unknownExtension(let path): "histories are .csv or .json; \(path) is neither"
    case .cannotWrite(let path, let reason): "cannot write the history \(path): \(reason)"
    case .cannotRead(let path, let reason): "cannot read the history \(path): \(reason)"
    }
  }
}
