@_spi(Flambeau) import ArrayFiles
import Foundation
@_exported import Tensors

/// Saves a state dict as HDF5: `torch.save(model.state_dict(), path)`.
///
/// The file is written beside its final place, flushed to disk and then renamed, so that whatever
/// happens the old file or the new one is there, whole.
///
/// - Throws: ``SerializationError``.
public func save(_ state: StateDict, to path: String) throws {
  let temporary = "\(path).\(UUID().uuidString).tmp"
  defer { unlink(temporary) }
  do {
    // The system says more clearly than HDF5 why a file cannot be made.
    let descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY, 0o666)
    guard descriptor >= 0 else { throw SystemFailure() }
    close(descriptor)
    try HDF5.locked { try StateDictFormat.write(state, to: temporary) }
    try flush(temporary)
  } catch let failure as HDF5Failure {
    throw SerializationError.cannotWrite(path: path, reason: failure.reason)
  } catch let failure as SystemFailure {
    throw SerializationError.cannotWrite(path: path, reason: failure.reason)
  }
  guard rename(temporary, path) == 0 else {
    throw SerializationError.cannotWrite(path: path, reason: SystemFailure().reason)
  }
  try? flush(URL(fileURLWithPath: path).deletingLastPathComponent().path)
}

/// Loads a state dict that ``save(_:to:)`` wrote: `torch.load(path)`.
///
/// - Parameters:
///   - path: the file.
///   - device: where the tensors go.
/// - Throws: ``SerializationError``.
public func load(_ path: String, device: Device = .cpu) throws -> StateDict {
  guard let file = FileHandle(forReadingAtPath: path) else {
    throw SerializationError.unreadable(path: path, reason: SystemFailure().reason)
  }
  try? file.close()
  do {
    return try HDF5.locked { try StateDictFormat.read(from: path, device: device) }
  } catch let failure as HDF5Failure {
    throw SerializationError.notAStateDict(path: path, reason: failure.reason)
  }
}

/// What the system said of the call that failed last.
private struct SystemFailure: Error {
  let reason = String(cString: strerror(errno))
}

/// Brings a file or folder to the disk.
private func flush(_ path: String) throws {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { throw SystemFailure() }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw SystemFailure() }
}
