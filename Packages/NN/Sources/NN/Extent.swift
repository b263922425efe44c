/// Sizes along dims: one number for all of them, or one for each, as in `kernelSize: 3` and
/// `kernelSize: [3, 5]`.
public protocol Extent {
  /// One size, or one for each dim.
  var sizes: [Int] { get }
}

extension Int: Extent {
  /// As one size for each dim.
  public var sizes: [Int] { [self] }
}

extension [Int]: Extent {
  /// As one size for each dim.
  public var sizes: [Int] { self }
}

extension Extent {
  /// One size for each of so many dims.
  func along(_ dims: Int, _ name: String, of type: Any.Type) -> [Int] {
    let sizes = sizes
    guard sizes.count == 1 || sizes.count == dims else {
      fatalError("\(type): \(name) \(sizes); expected one number, or \(dims)")
    }
    return sizes.count == dims ? sizes : [Int](repeating: sizes[0], count: dims)
  }
}

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
