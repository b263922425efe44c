import Foundation

/// Why a state dict could not be saved or loaded.
public enum SerializationError: Error, Equatable, LocalizedError {
  /// The file does not exist or cannot be opened.
  case unreadable(path: String, reason: String)
  /// The file is no HDF5 file, or holds something else than a state dict.
  case notAStateDict(path: String, reason: String)
  /// The file comes from a later version of the format.
  case newerVersion(path: String, version: Int)
  /// The file could not be written; what was there before is still there.
  case cannotWrite(path: String, reason: String)
  /// A key that cannot be a path of groups.
  case invalidKey(String)

  public var errorDescription: String? {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .notAStateDict(let path, let reason): "\(path) holds no state dict: \(reason)"
    case .newerVersion(let path, let version):
      "\(path) is of version \(version) of the format, this library knows version "
        + "\(StateDictFormat.version); use a newer one"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .invalidKey(let key):
      "the key “\(key)” cannot be saved: its parts between dots must not be empty or hold a slash"
    }
  }
}
