import Files

/// A scanner of CSV as in RFC 4180: fields are separated by one character, rows by line breaks of
/// any kind. Fields that contain either are quoted, and quotes in them are doubled. Blank lines are
/// skipped.
struct CSVScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let separator: UInt8
  private(set) var position: Int

  /// A field's bytes, without the quotes around it. Quotes in a quoted field are still doubled.
  struct Field {
    let bytes: UnsafeBufferPointer<UInt8>
    let isQuoted: Bool
    /// Whether it is the last of its row.
    let endsRow: Bool
  }

  private static let (quote, newline, carriageReturn): (UInt8, UInt8, UInt8) = (0x22, 0x0A, 0x0D)

  init(_ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8, position: Int = 0) {
    (self.bytes, self.separator, self.position) = (bytes, separator, position)
    // Skips UTF-8's byte order mark.
    if position == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { self.position = 3 }
  }

  /// Advances to the first field of the next row.
  ///
  /// - Returns: whether there is one.
  mutating func findRow() -> Bool {
    while position < bytes.count, lineBreakLength > 0 { position += lineBreakLength }
    return position < bytes.count
  }

  /// Reads the next field of a row.
  ///
  /// - Throws: ``CSVProblem``.
  mutating func field() throws -> Field {
    guard position < bytes.count, bytes[position] == Self.quote else {
      let start = position
      while position < bytes.count, bytes[position] != separator, lineBreakLength == 0 {
        position += 1
      }
      return try ended(start, position, isQuoted: false)
    }
    let opening = position
    position += 1
    while true {
      guard position < bytes.count else {
        throw CSVProblem(position: opening, reason: CSVProblem.openQuote)
      }
      if bytes[position] == Self.quote {
        guard position + 1 < bytes.count, bytes[position + 1] == Self.quote else { break }
        position += 1
      }
      position += 1
    }
    position += 1
    return try ended(opening + 1, position - 1, isQuoted: true)
  }

  /// Ends a field, which a separator or the end of the row must follow.
  private mutating func ended(_ start: Int, _ end: Int, isQuoted: Bool) throws -> Field {
    var endsRow = true
    if position < bytes.count {
      if bytes[position] == separator {
        position += 1
        endsRow = false
      } else if lineBreakLength > 0 {
        position += lineBreakLength
      } else {
        throw CSVProblem(position: position, reason: "more of a field follows its closing quote")
      }
    }
    return Field(
      bytes: UnsafeBufferPointer(rebasing: bytes[start..<end]), isQuoted: isQuoted,
      endsRow: endsRow)
  }

  /// Reads all fields of a row.
  mutating func row() throws -> [String] {
    var texts: [String] = []
    while true {
      let start = position
      let field = try field()
      guard let text = Field.text(field.bytes, isQuoted: field.isQuoted) else {
        throw CSVProblem(position: start, reason: CSVProblem.noUTF8)
      }
      texts.append(text)
      if field.endsRow { return texts }
    }
  }

  /// The number of fields of the row that begins here. The scanner does not advance.
  func countFields() throws -> Int {
    var ahead = self
    var count = 1
    while try !ahead.field().endsRow { count += 1 }
    return count
  }

  /// The length of the line break at the position; 0 if there is none.
  private var lineBreakLength: Int {
    if bytes[position] == Self.newline { return 1 }
    guard bytes[position] == Self.carriageReturn else { return 0 }
    return position + 1 < bytes.count && bytes[position + 1] == Self.newline ? 2 : 1
  }
}

extension CSVScanner.Field {
  /// A field's text, with doubled quotes undone if it was quoted; nil if its bytes are not valid
  /// UTF-8.
  static func text(_ bytes: UnsafeBufferPointer<UInt8>, isQuoted: Bool) -> String? {
    // Validation takes much longer than making the string, and ASCII does not need it.
    let isASCII = bytes.reduce(0) { $0 | $1 } < 0x80
    let decoded = isASCII ? String(decoding: bytes, as: UTF8.self) : nil
    guard let whole = decoded ?? String(validating: bytes, as: UTF8.self) else { return nil }
    return isQuoted && whole.utf8.contains(0x22) ? whole.replacing("\"\"", with: "\"") : whole
  }
}

/// An error in a CSV file, with its position in bytes.
struct CSVProblem: Error {
  let position: Int
  let reason: String

  static let openQuote = "a quote is opened and never closed"

  static let noUTF8 = "its bytes are not valid UTF-8"

  static func fields(_ count: Int, insteadOf expected: Int) -> String {
    "\(count) \(count == 1 ? "field" : "fields") instead of \(expected)"
  }

  /// The error for the file with these bytes.
  func error(in bytes: UnsafeBufferPointer<UInt8>, path: String) -> DataFileError {
    let before = bytes[..<min(position, bytes.count)]
    // A carriage return without a newline after it ends a line, too.
    let line =
      before.indices.count { place in
        before[place] == 0x0A
          || before[place] == 0x0D && (place + 1 == bytes.count || bytes[place + 1] != 0x0A)
      } + 1
    return .damaged(path: path, line: line, reason: reason)
  }
}
