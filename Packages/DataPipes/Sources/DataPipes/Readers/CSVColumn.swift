import CCSV
import Foundation

/// A column of a ``CSVTable``, with the type of all its fields.
public enum CSVColumn: Sendable, Equatable {
  /// Integers, of which none is missing.
  case ints([Int])
  /// Numbers, of which some are not integers or are missing. Missing ones are NaN.
  case floats([Double])
  /// Booleans, of which none is missing.
  case bools([Bool])
  /// Strings. Missing ones are nil.
  case strings([String?])
}

/// The type of a column's fields.
enum CSVColumnKind {
  /// All fields so far are missing.
  case missing
  case bools, ints, floats, strings

  /// The narrowest kind that can represent fields of both kinds.
  func joined(with other: CSVColumnKind) -> CSVColumnKind {
    switch (self, other) {
    case _ where self == other: self
    case (.missing, .ints), (.ints, .missing): .floats
    case (.missing, .floats), (.floats, .missing): .floats
    case (.ints, .floats), (.floats, .ints): .floats
    default: .strings
    }
  }
}

/// Collects the fields of a column, and infers their kind.
final class CSVColumnBuilder {
  private(set) var kind: CSVColumnKind
  private let missing: MissingValues
  /// Memory for an integer, a number or a span for each row.
  private(set) var values: UnsafeMutableRawPointer
  private(set) var capacity: Int
  /// Whether rows must be read again, since they were read as a narrower kind.
  private(set) var mustReread = false

  private static let room = MemoryLayout<CSVSpan>.stride

  init(_ kind: CSVColumnKind, missing: MissingValues, capacity: Int) {
    (self.kind, self.missing, self.capacity) = (kind, missing, capacity)
    values = malloc(max(capacity, 1) * Self.room)!
  }

  deinit { free(values) }

  func reserve(_ rows: Int) {
    guard rows > capacity else { return }
    capacity = rows
    values = realloc(values, rows * Self.room)!
  }

  var memory: CSVColumnMemory {
    let own: CSVKind =
      switch kind {
      case .ints: CSV_INTEGERS
      case .floats: CSV_NUMBERS
      case .strings: CSV_TEXTS
      case .missing, .bools: CSV_OTHER
      }
    return CSVColumnMemory(kind: own, values: values)
  }

  /// Stores a field that is quoted, missing, a bool, or not of the column's present kind.
  func put(_ field: CSVScanner.Field, row: Int) {
    if kind != .strings, missing.contain(field.bytes) {
      switch kind {
      case .missing: break
      case .floats: set(row, Double.nan)
      default: widen(to: kind.joined(with: .missing), at: row)
      }
      return
    }
    let start = UnsafeRawPointer(field.bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
    let end = start.map { $0 + field.bytes.count }
    var integer: Int64 = 0
    var number = 0.0
    var own = CSVColumnKind.strings
    if kind != .strings {
      if csv_parse_integer(start, end, &integer) {
        (own, number) = (.ints, Double(integer))
      } else if csv_parse_number(start, end, &number) {
        own = .floats
      } else if Self.bool(field.bytes) != nil {
        own = .bools
      }
    }
    widen(to: row == 0 && kind == .missing ? own : kind.joined(with: own), at: row)
    switch kind {
    case .ints: set(row, integer)
    case .floats: set(row, number)
    case .bools: set(row, Self.bool(field.bytes)! ? 1 : 0)
    case .strings:
      // A negative length marks a quoted field.
      let length = field.bytes.count
      set(row, CSVSpan(start: start, length: field.isQuoted ? ~length : length))
    case .missing: break
    }
  }

  private func widen(to wider: CSVColumnKind, at row: Int) {
    guard wider != kind else { return }
    mustReread = mustReread || row > 0
    kind = wider
  }

  private func set<Value>(_ row: Int, _ value: Value) {
    values.storeBytes(of: value, toByteOffset: row * MemoryLayout<Value>.stride, as: Value.self)
  }

  private static func bool(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard bytes.count == 4 || bytes.count == 5 else { return nil }
    return [
      "true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false,
    ][String(decoding: bytes, as: UTF8.self)]
  }
}

extension CSVColumnBuilder {
  /// The concatenation of consecutive parts, all of the same kind, with the given numbers of rows.
  ///
  /// - Parameter base: start of the file's bytes.
  /// - Throws: ``CSVProblem`` if a string is not valid UTF-8.
  static func column(
    _ parts: [(builder: CSVColumnBuilder, rows: Int)], base: UnsafePointer<UInt8>
  ) throws -> CSVColumn {
    let kind = parts[0].builder.kind
    let count = parts.reduce(0) { $0 + $1.rows }
    func joined<Value>(_: Value.Type) -> [Value] {
      if count == 0 { return [] }
      return [Value](unsafeUninitializedCapacity: count) { buffer, filled in
        for (builder, rows) in parts where rows > 0 {
          UnsafeMutableRawPointer(buffer.baseAddress! + filled).copyMemory(
            from: builder.values, byteCount: rows * MemoryLayout<Value>.stride)
          filled += rows
        }
      }
    }
    switch kind {
    case .missing: return .floats(Array(repeating: .nan, count: count))
    case .ints: return .ints(joined(Int.self))
    case .floats: return .floats(joined(Double.self))
    case .bools: return .bools(joined(Int.self).map { $0 != 0 })
    case .strings:
      var texts: [String?] = []
      texts.reserveCapacity(count)
      for (builder, rows) in parts {
        let spans = builder.values.assumingMemoryBound(to: CSVSpan.self)
        for row in 0..<rows { texts.append(try builder.missing.text(of: spans[row], base)) }
      }
      return .strings(texts)
    }
  }
}

/// The strings that stand for a missing value.
struct MissingValues: Sendable {
  private let texts: Set<String>
  private let longest: Int
  /// For each byte, whether one of the strings starts with it.
  private var starts = [Bool](repeating: false, count: 256)

  init(_ texts: Set<String>) {
    self.texts = texts
    longest = texts.map(\.utf8.count).max() ?? -1
    for byte in texts.compactMap(\.utf8.first) { starts[Int(byte)] = true }
  }

  func contain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count <= longest, bytes.first.map({ starts[Int($0)] }) ?? true else { return false }
    return texts.contains(String(decoding: bytes, as: UTF8.self))
  }

  fileprivate func text(of span: CSVSpan, _ base: UnsafePointer<UInt8>) throws -> String? {
    let isQuoted = span.length < 0
    let bytes = UnsafeBufferPointer(
      start: UnsafeRawPointer(span.start)?.assumingMemoryBound(to: UInt8.self),
      count: isQuoted ? ~span.length : span.length)
    if contain(bytes) { return nil }
    if let text = CSVScanner.Field.text(bytes, isQuoted: isQuoted) { return text }
    throw CSVProblem(position: bytes.baseAddress! - base, reason: CSVProblem.noUTF8)
  }
}
