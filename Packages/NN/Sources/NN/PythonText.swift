// Values in Python's notation, for printed modules.

extension Bool {
  /// In Python's notation.
  var python: String { self ? "True" : "False" }
}

extension [Int] {
  /// A tuple in Python's notation.
  var tuple: String {
    count == 1 ? "(\(self[0]),)" : "(\(map(String.init).joined(separator: ", ")))"
  }
}

extension Double {
  /// In Python's notation: 1e-05, 0.1, 1.0.
  var python: String {
    let text = "\(self)"
    guard let mark = text.firstIndex(of: "e") else { return text }
    // At least two digits in the exponent, and no trailing `.0`.
    let power = Int(text[text.index(after: mark)...])!
    let digits = text[..<mark].hasSuffix(".0") ? text[..<mark].dropLast(2) : text[..<mark]
    return "\(digits)e\(power < 0 ? "-" : "+")\(abs(power) < 10 ? "0" : "")\(abs(power))"
  }
}
