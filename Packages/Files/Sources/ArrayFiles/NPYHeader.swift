/// The header of an NPY file: a Python dictionary such as
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, with its keys in any order.
struct NPYHeader {
  /// NumPy's `dtype.str`: the byte order, the kind, the size. For a structured type, which tensors
  /// do not support, its whole text.
  let description: String
  let isFortran: Bool
  let shape: [Int]

  init?(_ text: String) {
    var reader = LiteralReader(text)
    guard let entries = reader.dictionary(), Set(entries.keys) == Self.keys else { return nil }
    switch entries["descr"] {
    case .text(let text), .other(let text): description = text
    default: return nil
    }
    guard case .bool(let isFortran) = entries["fortran_order"],
      case .sizes(let shape) = entries["shape"]
    else { return nil }
    (self.isFortran, self.shape) = (isFortran, shape)
  }

  private static let keys: Set<String> = ["descr", "fortran_order", "shape"]
}

/// A parser of the Python literals that occur in a header.
private struct LiteralReader {
  enum Value {
    case text(String)
    case bool(Bool)
    case sizes([Int])
    /// Any other literal, as text.
    case other(String)
  }

  private var rest: Substring.UTF8View

  init(_ text: String) { rest = Substring(text).utf8 }

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == UInt8(ascii: " ") || (0x09...0x0D).contains($0) }
  }

  /// Consumes the token and returns true if it comes next, after spaces.
  private mutating func take(_ token: String) -> Bool {
    skipSpaces()
    guard rest.starts(with: token.utf8) else { return false }
    rest = rest.dropFirst(token.utf8.count)
    return true
  }

  /// Parses the whole text as a dictionary.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var entries: [String: Value] = [:]
    while !take("}") {
      guard let key = text(), take(":"), let value = value() else { return nil }
      entries[key] = value
      if take(",") { continue }
      guard take("}") else { return nil }
      break
    }
    skipSpaces()
    return rest.isEmpty ? entries : nil
  }

  private mutating func text() -> String? {
    skipSpaces()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
      let end = rest.dropFirst().firstIndex(of: quote)
    else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return String(Substring(rest.dropFirst()[..<end]))
  }

  private mutating func value() -> Value? {
    if let text = text() { return .text(text) }
    if take("True") { return .bool(true) }
    if take("False") { return .bool(false) }
    if take("(") { return sizes().map(Value.sizes) }
    return other().map(Value.other)
  }

  /// Parses integers up to a closing parenthesis. Python 2 wrote an L after some.
  private mutating func sizes() -> [Int]? {
    var sizes: [Int] = []
    while !take(")") {
      skipSpaces()
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard let size = Int(Substring(digits)) else { return nil }
      rest = rest.dropFirst(digits.count)
      _ = take("L")
      sizes.append(size)
      if take(",") { continue }
      guard take(")") else { return nil }
      break
    }
    return sizes
  }

  /// Parses a list of any content.
  private mutating func other() -> String? {
    let whole = rest
    guard whole.first == UInt8(ascii: "[") else { return nil }
    var depth = 0
    while let byte = rest.first {
      if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        guard text() != nil else { return nil }
        continue
      }
      rest = rest.dropFirst()
      if byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: "]") { depth -= 1 }
      if depth == 0 { return String(Substring(whole[..<rest.startIndex])) }
    }
    return nil
  }
}
