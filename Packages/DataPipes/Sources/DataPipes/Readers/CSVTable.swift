@_spi(Flambeau) import Files
import Dispatch
import Foundation

/// A table of text in rows and columns, read from a CSV or TSV file: `pandas.read_csv`.
///
///     let table = try CSVTable("iris.csv")
///     let x = try table.tensor(["sepal_length", "sepal_width"])
///     let (y, classes) = try table.labels("species")
///
/// The type of a column is inferred from all its fields: integers, floating-point numbers, `true`
/// and `false`, or strings. Missing numbers are NaN, missing strings nil. Quotes around a field do
/// not affect its type.
public struct CSVTable: Sendable {
  /// The path or another name of the table, for messages.
  public let path: String
  /// The names of the columns: those of the header, or 0, 1, 2 …. As in pandas, an empty name
  /// becomes `Unnamed: 0`, with the column's index, and the second column named `x` becomes `x.1`.
  public let columnNames: [String]
  /// The first column, if the header has one field less than the rows, as R writes row names; else
  /// nil.
  public let rowNames: CSVColumn?
  /// The columns, in the order of ``columnNames``.
  public let columns: [CSVColumn]
  /// The number of rows, without the header.
  public let count: Int

  /// The strings that stand for a missing value by default: pandas' list.
  public static let missingValues: Set<String> = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
  ]

  /// Reads a file, which must not be modified meanwhile.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - separator: ASCII character between fields; by default a tab if the path ends in `.tsv`,
  ///     else a comma.
  ///   - hasHeader: whether the first row holds the names of the columns.
  ///   - missing: strings that stand for a missing value.
  /// - Throws: `DataFileError`, with the line of a row that has more or fewer fields than the
  ///   first.
  public init(
    _ path: String, separator: Character? = nil, hasHeader: Bool = true,
    missing: Set<String> = missingValues
  ) throws {
    let separator = separator ?? (path.hasSuffix(".tsv") ? "\t" : ",")
    try self.init(
      contents(of: path, mapped: true), path: path, separator: separator, hasHeader: hasHeader,
      missing: missing)
  }

  /// Reads a table from memory.
  public init(
    _ data: Data, path: String = "the table", separator: Character = ",", hasHeader: Bool = true,
    missing: Set<String> = missingValues
  ) throws {
    guard let byte = separator.asciiValue, separator.isASCII, byte != 0x22, byte != 0x0A else {
      fatalError(
        "CSVTable: the separator “\(separator)” is not an ASCII character, or is a quote or a line break"
      )
    }
    (columnNames, rowNames, columns, count) = try data.withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self)
      do {
        return try Self.read(
          bytes, separator: byte, hasHeader: hasHeader, missing: MissingValues(missing))
      } catch let problem as CSVProblem {
        throw problem.error(in: bytes, path: path)
      }
    }
    self.path = path
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8, hasHeader: Bool, missing: MissingValues
  ) throws -> ([String], rowNames: CSVColumn?, [CSVColumn], Int) {
    var scanner = CSVScanner(bytes, separator: separator)
    guard scanner.findRow() else { throw CSVProblem(position: 0, reason: "there are no rows") }
    let beginning = scanner.position
    // The first row determines the number of columns, except for one with row names.
    let first = try scanner.row()
    let start = hasHeader ? scanner.position : beginning
    let hasRowNames = try hasHeader && scanner.findRow() && scanner.countFields() == first.count + 1
    let places = 0..<first.count + (hasRowNames ? 1 : 0)
    func chunks(_ count: Int) throws -> [CSVChunk] {
      let chunks = cut(bytes, from: start, into: count).map {
        CSVChunk(
          bytes, $0, separator: separator, columnCount: places.count, missing: missing)
      }
      _ = try inParallel(chunks) { try $0.read() }
      let kinds = places.map { column in
        chunks.filter { $0.rows > 0 }.map { $0.columns[column].kind }
          .reduce(nil) { $0?.joined(with: $1) ?? $1 } ?? CSVColumnKind.missing
      }
      _ = try inParallel(chunks) { try $0.reread(as: kinds, missing: missing) }
      return chunks
    }
    // Chunks begin after a line break. If it is within quotes, the preceding chunk ends with an
    // open quote, and the whole file must be read as one chunk.
    let parts: [CSVChunk]
    do {
      parts = try chunks(min(ProcessInfo.processInfo.activeProcessorCount, bytes.count >> 20))
    } catch let problem as CSVProblem where problem.reason == CSVProblem.openQuote {
      parts = try chunks(1)
    }
    let base = bytes.baseAddress!
    // Columns of strings take the longest, so they come first.
    let order = places.sorted { column, other in
      parts[0].columns[column].kind == .strings && parts[0].columns[other].kind != .strings
    }
    let made = try inParallel(order) { column in
      try CSVColumnBuilder.column(parts.map { ($0.columns[column], $0.rows) }, base: base)
    }
    let columns = zip(order, made).sorted { $0.0 < $1.0 }.map(\.1)
    return (
      hasHeader ? Self.names(first) : places.map(String.init),
      rowNames: hasRowNames ? columns[0] : nil, hasRowNames ? Array(columns[1...]) : columns,
      parts.reduce(0) { $0 + $1.rows }
    )
  }

  /// A unique name for each column.
  private static func names(_ header: [String]) -> [String] {
    let all = Set(header)
    var used: Set<String> = []
    var counts: [String: Int] = [:]
    return header.enumerated().map { place, text in
      let name = text.isEmpty ? "Unnamed: \(place)" : text
      var own = name
      // A name that the header has elsewhere is reserved for that column.
      while used.contains(own) || own != name && all.contains(own) {
        counts[name, default: 0] += 1
        own = "\(name).\(counts[name]!)"
      }
      used.insert(own)
      return own
    }
  }

  /// Ranges of about the same size that end at line breaks.
  private static func cut(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, into count: Int
  ) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var begin = start
    for part in 1...max(count, 1) {
      let target = start + (bytes.count - start) / max(count, 1) * part
      let end =
        part >= count
        ? bytes.count
        : bytes[max(target, begin)...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      ranges.append(begin..<end)
      begin = end
    }
    return ranges
  }

  /// Maps all elements in parallel.
  ///
  /// - Throws: the error of the first element that has one.
  private static func inParallel<Element, Value>(
    _ elements: [Element], _ body: @escaping (Element) throws -> Value
  ) throws -> [Value] {
    var results = [Result<Value, any Error>?](repeating: nil, count: elements.count)
    results.withUnsafeMutableBufferPointer { results in
      // Each iteration has an element of its own, and all are done when this returns.
      let shared = Unchecked((results: results, elements: elements, body: body))
      DispatchQueue.concurrentPerform(iterations: elements.count) { place in
        let (results, elements, body) = shared.value
        results[place] = Result { try body(elements[place]) }
      }
    }
    return try results.map { try $0!.get() }
  }
}

// MARK: To tensors

extension CSVTable {
  /// The column with the given name.
  ///
  /// - Throws: ``CSVError/noColumn(_:path:names:)``.
  public func column(_ name: String) throws -> CSVColumn {
    guard let place = columnNames.firstIndex(of: name) else {
      throw CSVError.noColumn(name, path: path, names: columnNames)
    }
    return columns[place]
  }

  /// Columns of numbers or Booleans as a tensor of shape [rows, columns].
  ///
  /// - Parameters:
  ///   - names: names of the columns, in order; by default all.
  ///   - dtype: dtype of the tensor.
  ///   - missing: value that replaces missing ones; by default they are NaN, which is an error if
  ///     the dtype is not a floating-point one.
  /// - Throws: ``CSVError``.
  public func tensor(
    _ names: [String]? = nil, dtype: DType = .float32, missing: Double? = nil
  ) throws -> Tensor {
    let chosen = try (names ?? columnNames).map { name in
      let tensor: Tensor
      switch try column(name) {
      case .ints(let integers): tensor = try Tensor(integers, shape: [count])
      case .bools(let bools): tensor = try Tensor(bools, shape: [count])
      case .floats(let numbers):
        let filled = missing.map { missing in numbers.map { $0.isNaN ? missing : $0 } } ?? numbers
        if !dtype.isFloatingPoint, let row = filled.firstIndex(where: \.isNaN) {
          throw CSVError.missingValue(column: name, row: row, path: path)
        }
        tensor = try Tensor(filled, shape: [count])
      case .strings(let texts):
        let sample = texts.lazy.compactMap(\.self).first ?? ""
        throw CSVError.notNumeric(column: name, example: sample, path: path)
      }
      return tensor.to(dtype)
    }
    guard !chosen.isEmpty else { return .zeros([count, 0], dtype: dtype) }
    return .stack(chosen, dim: 1)
  }

  /// A column of classes as class indices.
  ///
  /// - Parameters:
  ///   - name: name of the column.
  ///   - classes: class names in the order of their indices; by default those found, sorted.
  /// - Returns: int64 of shape [rows], and the classes.
  /// - Throws: ``CSVError``; also if a value is missing, or not one of the classes.
  public func labels(
    _ name: String, classes: [String]? = nil
  ) throws -> (Tensor, classes: [String]) {
    let texts: [String?] =
      switch try column(name) {
      case .ints(let integers): integers.map(String.init)
      case .floats(let numbers): numbers.map { $0.isNaN ? nil : "\($0)" }
      case .bools(let bools): bools.map(String.init)
      case .strings(let texts): texts
      }
    let found = try classes ?? sortedClasses(column(name), texts)
    let numbers = Dictionary(
      zip(found, found.indices), uniquingKeysWith: { first, _ in first })
    let labels = try texts.enumerated().map { row, text in
      guard let text else { throw CSVError.missingValue(column: name, row: row, path: path) }
      guard let number = numbers[text] else {
        throw CSVError.unknownClass(text, column: name, row: row, path: path, classes: found)
      }
      return number
    }
    return (try Tensor(labels, shape: [count]), found)
  }

  private func sortedClasses(_ column: CSVColumn, _ texts: [String?]) -> [String] {
    if case .ints(let integers) = column { return Set(integers).sorted().map(String.init) }
    return Set(texts.compactMap(\.self)).sorted()
  }
}

/// The errors of converting a table to tensors. Rows are numbered from 0, without the header.
public enum CSVError: Error, Equatable, LocalizedError {
  /// There is no column of this name.
  case noColumn(String, path: String, names: [String])
  /// A column that should hold numbers holds strings.
  case notNumeric(column: String, example: String, path: String)
  /// A required value is missing.
  case missingValue(column: String, row: Int, path: String)
  /// A label is not one of the classes.
  case unknownClass(String, column: String, row: Int, path: String, classes: [String])

  public var errorDescription: String? {
    switch self {
    case .noColumn(let name, let path, let names):
      "\(path) has no column “\(name)”; there are \(Self.list(names))"
    case .notNumeric(let column, let example, let path):
      "\(path): the column “\(column)” holds strings such as “\(example)”, not numbers; see labels(_:)"
    case .missingValue(let column, let row, let path):
      "\(path): row \(row) has no value in the column “\(column)”"
    case .unknownClass(let text, let column, let row, let path, let classes):
      "\(path): “\(text)” in row \(row) of the column “\(column)” is not one of the classes "
        + Self.list(classes)
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " …" : "")
  }
}
