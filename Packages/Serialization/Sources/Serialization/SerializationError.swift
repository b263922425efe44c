import Foundation

/// The errors of saving and loading.
public enum SerializationError: Error, Equatable, LocalizedError {
  /// The file does not exist or cannot be opened.
  case unreadable(path: String, reason: String)
  /// The file has another format, or does not contain a state dict.
  case notAStateDict(path: String, reason: String)
  /// The file is damaged; `tensor` is the key of the affected tensor, or nil.
  case damaged(path: String, tensor: String?, reason: String)
  /// The file contains no model, or one that cannot be made.
  case noModel(path: String, reason: String)
  /// The file has a later version of the format.
  case newerVersion(path: String, version: Int)
  /// The file contains something that a state dict does not need and that might do harm.
  case refused(path: String, reason: String)
  /// The file appears to be valid, but contains something that no tensor can represent; `tensor` is
  /// its key, or nil.
  case unsupported(path: String, tensor: String?, reason: String)
  /// The file's contents would exceed `ReadingLimits`.
  case limitExceeded(path: String, reason: String)
  /// The file could not be written; an existing file is unchanged.
  case cannotWrite(path: String, reason: String)
  /// The format does not allow the key.
  case invalidKey(String)
  /// The path's extension is not that of a known format.
  case unknownFormat(path: String)

  public var errorDescription: String? {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .notAStateDict(let path, let reason): "\(path) holds no state dict: \(reason)"
    case .damaged(let path, let tensor?, let reason):
      "\(path) is damaged, in the tensor “\(tensor)”: \(reason)"
    case .damaged(let path, nil, let reason): "\(path) is damaged: \(reason)"
    case .noModel(let path, let reason): "\(path) holds no model that can be loaded: \(reason)"
    case .newerVersion(let path, let version):
      "\(path) is of version \(version) of the format, and this library supports version "
        + "\(HDF5StateDict.version); use a newer one"
    case .refused(let path, let reason): "\(path) is refused: \(reason)"
    case .unsupported(let path, let tensor?, let reason): "\(path), “\(tensor)”: \(reason)"
    case .unsupported(let path, nil, let reason): "\(path): \(reason)"
    case .limitExceeded(let path, let reason): "\(path): \(reason)"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .invalidKey(let key):
      "the key “\(key)” cannot be saved: its parts between dots must not be empty or hold a slash"
    case .unknownFormat(let path):
      "\(path): its extension is not that of a known format: h5, safetensors, pt, npz"
    }
  }

  /// The error of two keys that are equal as Swift strings.
  static func sameKey(_ key: String, path: String) -> SerializationError {
    .unsupported(
      path: path, tensor: nil,
      reason: "two tensors have the key “\(key)”, or keys that differ only in how letters are "
        + "composed")
  }

  /// The reason alone, for messages that already name the file.
  var reason: String {
    switch self {
    case .unreadable(_, let reason), .notAStateDict(_, let reason), .damaged(_, _, let reason),
      .noModel(_, let reason), .refused(_, let reason), .unsupported(_, _, let reason),
      .limitExceeded(_, let reason), .cannotWrite(_, let reason):
      reason
    case .newerVersion, .invalidKey, .unknownFormat: localizedDescription
    }
  }
}
