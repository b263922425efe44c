import CCSV

/// Consecutive rows of a table, which is read in chunks on several threads.
final class CSVChunk {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// The chunk's range of bytes, from the start of a row to the start of another.
  private let range: Range<Int>
  private let separator: UInt8
  private(set) var columns: [CSVColumnBuilder]
  private(set) var rows = 0

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, separator: UInt8,
    columnCount: Int, missing: MissingValues
  ) {
    (self.bytes, self.range, self.separator) = (bytes, range, separator)
    // The number of rows is estimated from the length of the first ones.
    let sample = bytes[range].prefix(1 << 14)
    let lines = sample.count { $0 == 0x0A } + 1
    let estimate = range.count / max(sample.count / lines, 1) * 21 / 20 + 16
    // An upper bound, since a row has at least one byte per column.
    let capacity = min(estimate, range.count / columnCount + 1)
    columns = (0..<columnCount).map { _ in
      CSVColumnBuilder(.missing, missing: missing, capacity: capacity)
    }
  }

  /// Reads the rows, and infers the kinds of the columns.
  ///
  /// - Throws: ``CSVProblem``.
  func read() throws {
    let base = UnsafeRawPointer(bytes.baseAddress!).assumingMemoryBound(to: CChar.self)
    let end = base + range.upperBound
    let mark = CChar(bitPattern: separator)
    let columnCount = Int32(columns.count)
    var place = CSVPlace(position: base + range.lowerBound, row: 0, column: 0)
    var capacity = columns[0].capacity
    var memory = columns.map(\.memory)
    while true {
      var event = csv_read(&place, end, mark, memory, columnCount, capacity)
      let column = Int(place.column)
      switch event {
      case CSV_END:
        rows = place.row
        return
      case CSV_FULL:
        capacity = capacity * 3 / 2 + 16
        for column in columns { column.reserve(capacity) }
        memory = columns.map(\.memory)
      case CSV_FIELD:
        // Limited to this chunk.
        var scanner = CSVScanner(
          UnsafeBufferPointer(rebasing: bytes[..<range.upperBound]), separator: separator,
          position: place.position - base)
        let field = try scanner.field()
        columns[column].put(field, row: place.row)
        memory[column] = columns[column].memory
        // The end of the field, where its separator or line break is.
        place.position =
          UnsafeRawPointer(field.bytes.baseAddress! + field.bytes.count)
          .assumingMemoryBound(to: CChar.self) + (field.isQuoted ? 1 : 0)
        event = csv_end_field(&place, end, mark, columnCount)
        try check(event, place, base)
      default:
        try check(event, place, base)
      }
    }
  }

  private func check(_ event: CSVEvent, _ place: CSVPlace, _ base: UnsafePointer<CChar>) throws {
    let position = place.position - base
    var count = Int(place.column) + 1
    switch event {
    case CSV_LONG_ROW:
      var scanner = CSVScanner(bytes, separator: separator, position: position + 1)
      while try !scanner.field().endsRow { count += 1 }
      count += 1
    case CSV_SHORT_ROW: break
    default: return
    }
    throw CSVProblem(
      position: position,
      reason: CSVProblem.fields(count, insteadOf: columns.count))
  }

  /// Reads the rows again if a column's kind was widened, by another chunk or while it was being
  /// read.
  ///
  /// - Parameter kinds: kinds of the columns over all chunks.
  func reread(as kinds: [CSVColumnKind], missing: MissingValues) throws {
    let wrong = columns.indices.filter { columns[$0].kind != kinds[$0] || columns[$0].mustReread }
    guard !wrong.isEmpty else { return }
    for place in wrong {
      columns[place] = CSVColumnBuilder(kinds[place], missing: missing, capacity: rows)
    }
    try read()
  }
}
