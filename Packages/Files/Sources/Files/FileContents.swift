import Foundation
import Support

/// The bytes of a whole file.
///
/// - Parameter mapped: whether to map the file into memory, which is faster for large files. It
///   must not be truncated meanwhile.
/// - Throws: ``DataFileError/unreadable(path:reason:)``.
@_spi(Flambeau) public func contents(of path: String, mapped: Bool = false) throws -> Data {
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path), options: mapped ? .alwaysMapped : [])
  } catch {
    throw DataFileError.unreadable(path: path, reason: error.systemReason)
  }
}
