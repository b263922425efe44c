/// How much a file may take when it is read, so that a small one cannot take all memory or time.
///
/// What a file holds may be much larger than itself: packed zeros, a picture of one colour, a dataset
/// that was declared and never written. Readers refuse what goes beyond these limits with an error that
/// names them, and one that knows the file raises them:
///
///     let state = try load("zeros.npz", limits: ReadingLimits(memory: 16 << 30))
public struct ReadingLimits: Equatable, Sendable {
  /// How many bytes all that is made of the file may take; nil for 64 times its size, and at least 1 GiB.
  public var memory: Int?
  /// How many lists, dictionaries or groups may lie in one another; at most 2000, whatever is said here.
  public var depth: Int

  /// What readers keep to if nothing else is said.
  public static let standard = ReadingLimits()

  /// Creates limits.
  ///
  /// - Parameters:
  ///   - memory: how many bytes all that is made of a file may take; nil for 64 times its size, and at
  ///     least 1 GiB.
  ///   - depth: how many lists, dictionaries or groups may lie in one another.
  public init(memory: Int? = nil, depth: Int = 100) {
    (self.memory, self.depth) = (memory, depth)
  }

  /// How many bytes a file of a size may take.
  @_spi(Flambeau) public func memory(forFileOf size: Int) -> Int {
    memory ?? max(1 << 30, size > Int.max / 64 ? .max : 64 * size)
  }
}

/// Counts the memory that a file's contents take.
@_spi(Flambeau) public final class MemoryBudget {
  /// How many bytes there may be in all.
  public let limit: Int
  private let path: String
  private var used = 0

  public init(_ limits: ReadingLimits, path: String, fileSize: Int) {
    self.path = path
    limit = limits.memory(forFileOf: fileSize)
  }

  /// Counts some more bytes.
  ///
  /// - Throws: `DataFileError.beyondLimit`.
  public func take(_ bytes: Int, for what: String) throws {
    let (sum, overflow) = used.addingReportingOverflow(bytes)
    guard !overflow, sum <= limit else {
      throw DataFileError.beyondLimit(
        path: path,
        reason: "with \(what) it would take more than \(limit) bytes of memory; a larger `memory` "
          + "of ReadingLimits allows that")
    }
    used = sum
  }
}
