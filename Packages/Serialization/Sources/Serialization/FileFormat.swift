import Foundation

/// The formats of files that state dicts are saved in.
public enum FileFormat: String, CaseIterable, Sendable {
  /// HDF5, `.h5`: Flambeau's own, which h5py reads.
  case hdf5
  /// safetensors, `.safetensors`: <https://huggingface.co/docs/safetensors>.
  case safetensors
  /// What `torch.save` writes of a state dict, `.pt`.
  case pytorch
  /// NumPy's arrays by name, `.npz`.
  case npz

  /// The format of a file by its extension; nil if that is none that is known.
  public init?(path: String) {
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "h5", "hdf5": self = .hdf5
    case "safetensors": self = .safetensors
    case "pt", "pth": self = .pytorch
    case "npz": self = .npz
    default: return nil
    }
  }

  /// The format of a file that is to be read: by its extension, or else by what it begins with.
  init(reading path: String) throws {
    if let format = FileFormat(path: path) {
      self = format
      return
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw SerializationError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { try? file.close() }
    let start = [UInt8]((try? file.read(upToCount: 9)) ?? Data())
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) || start.starts(with: Seal.block.prefix(8)) {
      self = .hdf5
    } else if start.starts(with: [0x50, 0x4B]) {
      self = .pytorch
    } else if start.count == 9, start[8] == UInt8(ascii: "{") {
      self = .safetensors
    } else {
      throw SerializationError.notAStateDict(
        path: path, reason: "neither its name nor its beginning is of a format that is known")
    }
  }
}
