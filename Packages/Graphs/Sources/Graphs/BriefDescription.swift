import Foundation

extension Double {
  /// The number with four significant digits and no trailing zeros: `2`, `-0.7071`, `1.5e-07`.
  public var briefDescription: String {
    String(format: "%.4g", self)
  }
}

extension Int {
  /// As a number of bytes, in units of 1024.
  public var byteDescription: String {
    var (amount, units) = (Double(self), ["B", "KiB", "MiB", "GiB", "TiB"][...])
    while amount >= 1024, units.count > 1 {
      amount /= 1024
      units.removeFirst()
    }
    return self < 1024 ? "\(self) B" : "\((amount * 10).rounded() / 10) \(units.first!)"
  }
}
