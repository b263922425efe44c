import Foundation

/// A file in the cache: a checksum, followed by the bytes. A corrupt file counts as missing.
enum CacheEntry {
  static func read(_ place: URL) -> [UInt8]? {
    guard let data = try? Data(contentsOf: place), data.count > Checksum.size else { return nil }
    let bytes = [UInt8](data)
    var sum = Checksum()
    sum.add(bytes[Checksum.size...])
    return Array(sum.text.utf8) == Array(bytes[..<Checksum.size])
      ? Array(bytes[Checksum.size...]) : nil
  }

  /// Writes an entry atomically. Failure to write is not an error: the next program compiles again.
  static func write(_ bytes: [UInt8], to place: URL) {
    var sum = Checksum()
    sum.add(bytes)
    try? FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? Data(Array(sum.text.utf8) + bytes).write(to: place, options: .atomic)
  }
}

/// The 64-bit hash of Fowler, Noll and Vo (FNV-1a), which detects corruption but not tampering.
struct Checksum {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The length of its text in bytes.
  static let size = 16

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: Self.size - digits.count) + digits
  }
}
