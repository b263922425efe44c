import Foundation

extension Double {
  /// The number with four significant digits and no trailing zeros: `2`, `-0.7071`, `1.5e-07`.
  public var briefDescription: String {
    String(format: "%.4g", self)
  }
}
