import CFiles
import Dispatch
import Foundation

/// The error of a file that could not be written, with the reason, usually the system's message.
@_spi(Flambeau) public struct WriteFailure: Error {
  public let reason: String

  public init(reason: String) { self.reason = reason }

  /// The system's message for the last failed call (`errno`).
  public static var last: WriteFailure { WriteFailure(reason: String(cString: strerror(errno))) }
}

/// Writes a temporary file in the same folder, flushes it to the disk and renames it, so that at
/// any time either the old file or the new one is there, complete.
///
/// Links are followed, and an existing file's permissions are kept. Temporary files of killed
/// processes in the folder are removed.
///
/// - Parameter body: writes the contents to the path that it is passed, where an empty file exists.
/// - Throws: ``WriteFailure``, and any error of `body`.
@_spi(Flambeau) public func writeAtomically(to path: String, _ body: (String) throws -> Void) throws
{
  let place = try FinalPlace(path)
  TemporaryFile.removeLeftovers(in: place.folder)
  let temporary = TemporaryFile.path(in: place.folder)
  defer { unlink(temporary) }
  // With the final permissions from the start, so that nobody else can read what is being written.
  let descriptor = open(
    temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, (place.permissions ?? 0o666) | 0o200)
  guard descriptor >= 0 else { throw WriteFailure.last }
  close(descriptor)
  try body(temporary)
  try place.givePermissions(to: temporary)
  try flush(temporary)
  guard rename(temporary, place.path) == 0 else { throw WriteFailure.last }
  // Flushing the folder makes the rename durable. Some file systems do not support it.
  try? flush(place.folder)
}

/// Flushes a file or folder to the disk.
private func flush(_ path: String) throws {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw WriteFailure.last }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw WriteFailure.last }
}

/// Checks that the disk has room for a file of the given size, by allocating it, where the system
/// supports that.
///
/// - Throws: ``WriteFailure``.
@_spi(Flambeau) public func checkRoom(for size: Int, in path: String) throws {
  #if os(Linux)
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw WriteFailure.last }
    defer { close(descriptor) }
    let code = posix_fallocate(descriptor, 0, off_t(max(size, 1)))
    guard code == 0 || code == EOPNOTSUPP || code == EINVAL else {
      throw WriteFailure(reason: String(cString: strerror(code)))
    }
  #endif
}

/// An unbuffered sequential writer, so that errors such as a full disk are reported by each write.
@_spi(Flambeau) public final class ByteWriter {
  private let descriptor: Int32
  /// - Parameters:
  ///   - path: path of an existing file.
  ///   - offset: offset to start at; nil to truncate the file and start at its beginning.
  public init(_ path: String, at offset: Int? = nil) throws {
    descriptor = open(path, O_WRONLY | O_CLOEXEC | (offset == nil ? O_TRUNC : 0))
    guard descriptor >= 0 else { throw WriteFailure.last }
    lseek(descriptor, off_t(offset ?? 0), SEEK_SET)
  }

  deinit { close(descriptor) }

  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = Foundation.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
      guard written >= 0 else {
        if errno == EINTR { continue }
        throw WriteFailure.last
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  public func write(_ bytes: some Collection<UInt8>) throws {
    try Array(bytes).withUnsafeBytes { try write($0) }
  }
}

/// Writes pieces of memory at their offsets in an existing file, on several threads.
///
/// - Throws: ``WriteFailure``.
@_spi(Flambeau) public func write(
  _ pieces: [(offset: Int, bytes: UnsafeRawBufferPointer)], to path: String
) throws {
  let descriptor = open(path, O_WRONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw WriteFailure.last }
  defer { close(descriptor) }
  let most = 1 << 22
  let blocks = pieces.flatMap { offset, bytes in
    stride(from: 0, to: bytes.count, by: most).map { start in
      (
        offset: offset + start,
        bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + most, bytes.count)])
      )
    }
  }
  var codes = [Int32](repeating: 0, count: blocks.count)
  codes.withUnsafeMutableBufferPointer { codes in
    // Each block has a code and a range of the file of its own.
    nonisolated(unsafe) let (codes, blocks) = (codes, blocks)
    DispatchQueue.concurrentPerform(iterations: blocks.count) { place in
      var (offset, bytes) = blocks[place]
      while !bytes.isEmpty, codes[place] == 0 {
        let count = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
        if count < 0 {
          if errno != EINTR { codes[place] = errno }
          continue
        }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
        // Writing to the disk starts while other blocks are being copied.
        flambeau_begin_flush(descriptor, Int64(offset), Int64(count))
        offset += count
      }
    }
  }
  if let code = codes.first(where: { $0 != 0 }) {
    throw WriteFailure(reason: String(cString: strerror(code)))
  }
}
