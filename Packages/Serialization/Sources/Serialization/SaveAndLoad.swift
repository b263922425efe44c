@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
@_exported import struct Files.ReadingLimits
import Foundation
@_exported import Tensors

/// Saves a state dict: `torch.save(model.state_dict(), path)`.
///
/// The file is written to a temporary file in the same folder, flushed to disk and renamed, so that
/// at any time either the old or the new file is there, complete. Tensors on other devices are
/// saved from a copy on the CPU.
///
/// - Parameters:
///   - state: tensors by name; their order is kept.
///   - path: path of the file, whose extension selects the format: `.h5`, `.safetensors`, `.pt` or
///     `.npz`.
///   - format: format of the file; by default that of the extension.
///   - compression: deflate level from 1 to 9, for HDF5 and npz; 0 for none.
///   - metadata: further strings to save by name, for HDF5 and safetensors.
/// - Throws: ``SerializationError``.
public func save(
  _ state: StateDict, to path: String, format: FileFormat? = nil, compression: Int = 0,
  metadata: [String: String] = [:]
) throws {
  guard let format = format ?? FileFormat(path: path) else {
    throw SerializationError.unknownFormat(path: path)
  }
  guard (0...9).contains(compression), compression == 0 || format == .hdf5 || format == .npz else {
    throw SerializationError.cannotWrite(
      path: path, reason: "\(format) has no compression \(compression)")
  }
  guard metadata.isEmpty || format == .hdf5 || format == .safetensors else {
    throw SerializationError.cannotWrite(path: path, reason: "\(format) has no metadata")
  }
  // Files hold elements in row-major order.
  let tensors = state.mapValues { $0.detach().to(.cpu).contiguous() }
  do {
    try writeAtomically(to: path) { temporary in
      switch format {
      case .hdf5:
        try HDF5StateDict.write(
          tensors, to: temporary, compression: compression, metadata: metadata)
      case .safetensors: try SafeTensors.write(tensors, to: temporary, metadata: metadata)
      case .pytorch: try PyTorchFile.write(tensors, to: temporary)
      case .npz: try NPZ.write(tensors, to: temporary, compression: compression)
      }
    }
  } catch let failure as HDF5Failure {
    throw SerializationError.cannotWrite(path: path, reason: failure.reason)
  } catch let failure as WriteFailure {
    throw SerializationError.cannotWrite(path: path, reason: failure.reason)
  }
}

/// Saves the tensors of an unordered dictionary, sorted by key.
@_disfavoredOverload
public func save(
  _ tensors: [String: Tensor], to path: String, format: FileFormat? = nil, compression: Int = 0,
  metadata: [String: String] = [:]
) throws {
  let sorted = tensors.sorted { $0.key < $1.key }
  try save(
    StateDict(uniqueKeysWithValues: sorted.map { ($0.key, $0.value) }), to: path, format: format,
    compression: compression, metadata: metadata)
}

/// Loads a state dict: `torch.load(path)`.
///
/// Files that `save(_:to:format:compression:metadata:)` wrote are verified by their checksums.
/// Files of other programs are read, too; the package's README lists the guarantees for them. Large
/// tensors of HDF5 and safetensors files are memory-mapped; the file may be replaced meanwhile, but
/// must not be truncated.
///
/// - Parameters:
///   - path: path of the file.
///   - format: format of the file; by default that of the extension or, if it is unknown, that of
///     the first bytes.
///   - keys: keys of the tensors to load; by default all.
///   - limits: limits on memory.
///   - device: device of the tensors.
/// - Throws: ``SerializationError``.
public func load(
  _ path: String, format: FileFormat? = nil, keys: Set<String>? = nil,
  limits: ReadingLimits = .standard, device: Device = .cpu
) throws -> StateDict {
  let state = try reading(path, format) { format in
    switch format {
    case .hdf5: try HDF5StateDict.read(path, keys: keys, limits: limits)
    case .safetensors: try SafeTensors(path).read(keys: keys)
    case .pytorch: try PyTorchFile(path, limits: limits).read(keys: keys)
    case .npz: try NPZ.read(path, keys: keys, limits: limits)
    }
  }
  if let keys, let missing = keys.subtracting(state.keys).min() {
    throw SerializationError.notAStateDict(path: path, reason: "there is no “\(missing)” in it")
  }
  return device == .cpu ? state : state.mapValues { $0.to(device) }
}

/// Runs `body` with the file's format, and converts its errors to ``SerializationError``.
func reading<Result>(
  _ path: String, _ format: FileFormat?, _ body: (FileFormat) throws -> Result
) throws -> Result {
  do {
    return try body(format ?? FileFormat(reading: path))
  } catch let failure as HDF5Failure {
    throw SerializationError.notAStateDict(path: path, reason: failure.reason)
  } catch let DataFileError.unreadable(_, reason) {
    throw SerializationError.unreadable(path: path, reason: reason)
  } catch let DataFileError.limitExceeded(_, reason) {
    throw SerializationError.limitExceeded(path: path, reason: reason)
  } catch let DataFileError.unsupported(place, reason) {
    throw SerializationError.unsupported(
      path: path, tensor: nil, reason: inside(place, path) + reason)
  } catch let DataFileError.damaged(place, _, reason) {
    throw SerializationError.damaged(path: path, tensor: nil, reason: inside(place, path) + reason)
  }
}

/// The name of the file in the archive at `path`, as a prefix of messages; empty if it is the
/// archive itself.
private func inside(_ place: String, _ path: String) -> String {
  place.hasPrefix("\(path), ") ? "\(place.dropFirst(path.count + 2)): " : ""
}
