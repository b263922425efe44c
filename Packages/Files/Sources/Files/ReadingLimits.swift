/// Limits on the resources that reading a file takes, so that a small file cannot exhaust memory or
/// time.
///
/// A file's contents may be much larger than the file: compressed zeros, an image of one color, a
/// dataset that was declared but never written. Readers throw an error if the contents exceed these
/// limits; for a trusted file, raise them:
///
///     let state = try load("zeros.npz", limits: ReadingLimits(memory: 16 << 30))
public struct ReadingLimits: Equatable, Sendable {
  /// The maximum memory of a file's contents in bytes; nil for 64 times its size, and at least 1
  /// GiB.
  public var memory: Int?
  /// The maximum nesting of lists, dictionaries or groups; at most 2000, whatever is set.
  public var depth: Int

  /// The default limits.
  public static let standard = ReadingLimits()

  /// Creates limits.
  ///
  /// - Parameters:
  ///   - memory: maximum memory of a file's contents in bytes; nil for 64 times its size, and at
  ///     least 1 GiB.
  ///   - depth: maximum nesting of lists, dictionaries or groups.
  public init(memory: Int? = nil, depth: Int = 100) {
    (self.memory, self.depth) = (memory, depth)
  }

  /// The maximum memory of the contents of a file of the given size, in bytes.
  @_spi(Flambeau) public func memory(forFileOf size: Int) -> Int {
    memory ?? max(1 << 30, size > Int.max / 64 ? .max : 64 * size)
  }
}

/// The memory that a file's contents have used, and its limit.
@_spi(Flambeau) public final class MemoryBudget {
  /// The maximum total number of bytes.
  public let limit: Int
  private let path: String
  private var used = 0

  public init(_ limits: ReadingLimits, path: String, fileSize: Int) {
    self.path = path
    limit = limits.memory(forFileOf: fileSize)
  }

  /// Adds to the memory in use.
  ///
  /// - Throws: `DataFileError.limitExceeded`.
  public func take(_ bytes: Int, for what: String) throws {
    let (sum, overflow) = used.addingReportingOverflow(bytes)
    guard !overflow, sum <= limit else {
      throw DataFileError.limitExceeded(
        path: path,
        reason: "with \(what) it would take more than \(limit) bytes of memory; a larger `memory` "
          + "of ReadingLimits allows that")
    }
    used = sum
  }
}
