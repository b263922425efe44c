import Foundation
import Support

/// A whole file's bytes.
///
/// - Parameter mapped: whether they are read as they are used, which is quicker for large files.
///   The file must not become shorter meanwhile.
/// - Throws: ``DataFileError/unreadable(path:reason:)``.
@_spi(Flambeau) public func contents(of path: String, mapped: Bool = false) throws -> Data {
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path), options: mapped ? .alwaysMapped : [])
  } catch {
    throw DataFileError.unreadable(path: path, reason: error.systemReason)
  }
}
