import CFiles
import Dispatch
import Foundation

/// Why a file could not be written, in the system's words.
@_spi(Flambeau) public struct WriteFailure: Error {
  public let reason: String

  public init(reason: String) { self.reason = reason }

  /// What the system said of the call that failed last.
  public static var last: WriteFailure { WriteFailure(reason: String(cString: strerror(errno))) }
}

/// Writes a file beside its final place, flushes it to the disk and then gives it its name in one
/// step, so that whatever happens the old file or the new one is there, whole.
///
/// What a link stands for is written, and a file that was there leaves its permissions to the new
/// one. What killed processes have left in the folder is removed.
///
/// - Parameter body: writes the file at the path that it gets, where an empty one is.
/// - Throws: ``WriteFailure``, and what `body` throws.
@_spi(Flambeau) public func writeAtomically(to path: String, _ body: (String) throws -> Void) throws
{
  let place = try FinalPlace(path)
  TemporaryFile.removeLeftovers(in: place.folder)
  let temporary = TemporaryFile.path(in: place.folder)
  defer { unlink(temporary) }
  // Nobody may read before the end what may not be read afterwards.
  let descriptor = open(
    temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, (place.permissions ?? 0o666) | 0o200)
  guard descriptor >= 0 else { throw WriteFailure.last }
  close(descriptor)
  try body(temporary)
  try place.givePermissions(to: temporary)
  try flush(temporary)
  guard rename(temporary, place.path) == 0 else { throw WriteFailure.last }
  // The name is on the disk when its folder is. Some file systems cannot do that.
  try? flush(place.folder)
}

/// Brings a file or folder to the disk.
private func flush(_ path: String) throws {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw WriteFailure.last }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw WriteFailure.last }
}

/// Makes sure that a file can grow to a size, where the system can say so before.
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

/// Writes bytes one after another. What the system says on a full disk is not lost in a buffer.
@_spi(Flambeau) public final class ByteWriter {
  private let descriptor: Int32
  /// - Parameters:
  ///   - path: a file that exists.
  ///   - offset: where in it to begin; by default at its beginning, after all that was there is
  ///     gone.
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

/// Writes pieces of memory at their places in a file that exists, on several threads.
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
    // Each block has a place of its own.
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
        // The disk begins while other blocks are copied.
        flambeau_begin_flush(descriptor, Int64(offset), Int64(count))
        offset += count
      }
    }
  }
  if let code = codes.first(where: { $0 != 0 }) {
    throw WriteFailure(reason: String(cString: strerror(code)))
  }
}
