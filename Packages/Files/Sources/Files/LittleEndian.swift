// Integers as little-endian bytes, as in most file formats.

extension FixedWidthInteger {
  @_spi(Flambeau) public var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: littleEndian) { Array($0) }
  }

  /// The integer of at most as many bytes as the type has.
  @_spi(Flambeau) public init(littleEndianBytes bytes: some BidirectionalCollection<UInt8>) {
    self = bytes.reversed().reduce(0) { $0 << 8 | Self($1) }
  }
}
