// Integers as bytes, the lowest first, as most formats of files have them.

extension FixedWidthInteger {
  @_spi(Flambeau) public var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: littleEndian) { Array($0) }
  }

  /// The number of bytes that are no more than it has itself.
  @_spi(Flambeau) public init(littleEndianBytes bytes: some BidirectionalCollection<UInt8>) {
    self = bytes.reversed().reduce(0) { $0 << 8 | Self($1) }
  }
}
