// How Python writes values, which printed modules follow.

extension Bool {
  /// As Python writes it.
  var python: String { self ? "True" : "False" }
}

extension [Int] {
  /// As Python writes a tuple.
  var tuple: String {
    count == 1 ? "(\(self[0]),)" : "(\(map(String.init).joined(separator: ", ")))"
  }
}

extension Double {
  /// As Python writes it: 1e-05, 0.1, 1.0.
  var python: String {
    let text = "\(self)"
    guard let mark = text.firstIndex(of: "e") else { return text }
    // Two digits at least, and no fraction of 0.
    let power = Int(text[text.index(after: mark)...])!
    let digits = text[..<mark].hasSuffix(".0") ? text[..<mark].dropLast(2) : text[..<mark]
    return "\(digits)e\(power < 0 ? "-" : "+")\(abs(power) < 10 ? "0" : "")\(abs(power))"
  }
}
