import Foundation

/// A file in the cache: a checksum, and the bytes that it is of. One that is damaged counts as none.
enum CacheEntry {
  static func read(_ place: URL) -> [UInt8]? {
    guard let data = try? Data(contentsOf: place), data.count > Checksum.size else { return nil }
    let bytes = [UInt8](data)
    var sum = Checksum()
    sum.add(bytes[Checksum.size...])
    return Array(sum.text.utf8) == Array(bytes[..<Checksum.size])
      ? Array(bytes[Checksum.size...]) : nil
  }

  /// Writes one as a whole. A cache that cannot be written is no mistake: the next program compiles again.
  static func write(_ bytes: [UInt8], to place: URL) {
    var sum = Checksum()
    sum.add(bytes)
    try? FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? Data(Array(sum.text.utf8) + bytes).write(to: place, options: .atomic)
  }
}

/// The 64-bit hash of Fowler, Noll and Vo (FNV-1a), against damage and mistakes, not against attacks.
struct Checksum {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Bytes that its text has.
  static let size = 16

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: Self.size - digits.count) + digits
  }
}
