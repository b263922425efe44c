import CXXHash
import Dispatch

/// 64-bit XXH3 checksums (Y. Collet), computed at memory bandwidth.
@_spi(Flambeau) public enum Checksum {
  public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    XXH3_64bits(bytes.baseAddress, bytes.count)
  }

  public static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    Array(bytes).withUnsafeBytes { of($0) }
  }

  /// The checksum of the concatenation of all pieces that `next` returns, until it returns nil.
  public static func joined(_ next: () throws -> [UInt8]?) rethrows -> UInt64 {
    let state = XXH3_createState()
    defer { XXH3_freeState(state) }
    XXH3_64bits_reset(state)
    while let piece = try next() {
      _ = piece.withUnsafeBytes { XXH3_64bits_update(state, $0.baseAddress, $0.count) }
    }
    return XXH3_64bits_digest(state)
  }

  /// The checksums of several pieces of memory, computed on several threads.
  public static func all(_ pieces: [UnsafeRawBufferPointer]) -> [UInt64] {
    if pieces.isEmpty { return [] }
    return [UInt64](unsafeUninitializedCapacity: pieces.count) { sums, count in
      // Each iteration writes elements of its own.
      nonisolated(unsafe) let (sums, pieces) = (sums, pieces)
      // 64 pieces per iteration, since starting a thread takes longer than a small piece.
      let share = 64
      DispatchQueue.concurrentPerform(iterations: (pieces.count + share - 1) / share) { part in
        for place in part * share..<min((part + 1) * share, pieces.count) {
          sums[place] = of(pieces[place])
        }
      }
      count = pieces.count
    }
  }

  /// The checksum as 16 hexadecimal digits.
  public static func text(_ sum: UInt64) -> String {
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
