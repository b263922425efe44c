import Foundation

/// The errors of reading and writing data files.
public enum DataFileError: Error, Equatable, LocalizedError {
  /// The file does not exist or cannot be opened.
  case unreadable(path: String, reason: String)
  /// The file's contents are invalid; `line` is the line of the error in a text file.
  case damaged(path: String, line: Int? = nil, reason: String)
  /// The file appears to be valid, but holds something that no tensor can represent.
  case unsupported(path: String, reason: String)
  /// The file's contents would exceed ``ReadingLimits``.
  case limitExceeded(path: String, reason: String)
  /// The file could not be written; an existing file is unchanged.
  case cannotWrite(path: String, reason: String)

  public var errorDescription: String? {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .damaged(let path, let line?, let reason): "\(path), line \(line): \(reason)"
    case .damaged(let path, nil, let reason), .unsupported(let path, let reason),
      .limitExceeded(let path, let reason):
      "\(path): \(reason)"
    }
  }
}
