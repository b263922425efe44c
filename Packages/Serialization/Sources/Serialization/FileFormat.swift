@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
import Foundation

/// The file formats of state dicts.
public enum FileFormat: String, CaseIterable, Sendable {
  /// HDF5, `.h5`: Flambeau's default, which h5py reads.
  case hdf5
  /// safetensors, `.safetensors`: <https://huggingface.co/docs/safetensors>.
  case safetensors
  /// PyTorch's format, which `torch.save` writes, `.pt` or `.pth`.
  case pytorch
  /// NumPy's arrays by name, `.npz`.
  case npz

  /// The format of a file by its extension; nil if the extension is unknown.
  public init?(path: String) {
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "h5", "hdf5": self = .hdf5
    case "safetensors": self = .safetensors
    case "pt", "pth": self = .pytorch
    case "npz": self = .npz
    default: return nil
    }
  }

  /// The format of a file to read: by its extension, or else by its first bytes.
  init(reading path: String) throws {
    if let format = FileFormat(path: path) {
      self = format
      return
    }
    let file: MappedFile
    do {
      file = try MappedFile(path)
    } catch let DataFileError.unreadable(_, reason) {
      throw SerializationError.unreadable(path: path, reason: reason)
    }
    let start = try file.bytes(0..<min(32, file.size))
    if try Self.isHDF5(file) || start.starts(with: Seal.block.prefix(8)) {
      self = .hdf5
    } else if start.starts(with: [0x50, 0x4B]) {
      let names = (try? ZipArchive(path).names) ?? []
      self = names.contains { $0.hasSuffix(".npy") } ? .npz : .pytorch
    } else if PyTorchStorages.isLegacy(start) {
      self = .pytorch
    } else if start.count > 8, start[8] == UInt8(ascii: "{") {
      self = .safetensors
    } else {
      throw SerializationError.notAStateDict(
        path: path, reason: "neither its extension nor its first bytes are those of a known format")
    }
  }

  /// Whether HDF5's signature is at the beginning, or after a user block such as MATLAB's.
  private static func isHDF5(_ file: MappedFile) throws -> Bool {
    for place in [0, 512, 1024, 2048] where place + 4 <= file.size {
      if try file.bytes(place..<place + 4) == [0x89, 0x48, 0x44, 0x46] { return true }
    }
    return false
  }
}
