extension Int {
  /// The number of bytes as text, in units of 1024, as in `1.5 MiB`.
  public var byteDescription: String {
    var (amount, units) = (Double(self), ["B", "KiB", "MiB", "GiB", "TiB"][...])
    while amount >= 1024, units.count > 1 {
      amount /= 1024
      units.removeFirst()
    }
    return self < 1024 ? "\(self) B" : "\((amount * 10).rounded() / 10) \(units.first!)"
  }
}
