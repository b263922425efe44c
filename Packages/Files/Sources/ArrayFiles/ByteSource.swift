import CZlib
import Foundation
import Tensors
@_spi(Flambeau) import Files

/// A sequential source of bytes: a file, or an entry of an archive.
protocol ByteSource: AnyObject {
  var path: String { get }
  /// The maximum number of bytes. A header that promises more is invalid, and nothing is allocated
  /// for it.
  var limit: Int { get }
  /// The memory budget of the file's contents.
  var budget: MemoryBudget { get }
  /// Reads at most `buffer.count` bytes, and returns the number of bytes read; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
  func damaged(_ reason: String) -> DataFileError { .damaged(path: path, reason: reason) }

  /// Fills the buffer, or throws if the source ends before.
  func fill(_ buffer: UnsafeMutableRawBufferPointer, with what: String) throws {
    var filled = 0
    while filled < buffer.count {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      guard count > 0 else {
        throw damaged("the file ends after \(filled) of the \(buffer.count) bytes of its \(what)")
      }
      filled += count
    }
  }

  func bytes(_ count: Int, of what: String) throws -> [UInt8] {
    if count == 0 { return [] }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      try fill(
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]),
        with: what)
      filled = count
    }
  }

  /// A tensor of the remaining elements, which must end the file.
  ///
  /// - Parameter swapped: whether the byte order differs from this machine's.
  func tensor(_ shape: [Int], _ type: StoredType, swapped: Bool) throws -> Tensor {
    let tensor = try elements(shape, type, swapped: swapped)
    try expectEnd()
    return tensor
  }

  /// A tensor of the next elements.
  func elements(_ shape: [Int], _ type: StoredType, swapped: Bool) throws -> Tensor {
    guard let packedCount = type.byteCount(of: shape), packedCount <= limit else {
      throw damaged("its header says \(shape) of \(type.name), more than the file can hold")
    }
    let byteCount = packedCount / type.itemSize * type.dtype.itemSize
    try budget.take(byteCount, for: "\(shape) of \(type.dtype)")
    return try type.tensor(shape, swapped: swapped, path: path) { try fill($0, with: "data") }
  }

  /// Throws unless this is the end. Reading up to the end makes libzip verify an entry's checksum.
  func expectEnd() throws {
    var byte: UInt8 = 0
    guard try withUnsafeMutableBytes(of: &byte, { try read(into: $0) }) == 0 else {
      throw damaged("there is more in it than its header says")
    }
  }
}

/// A file, decompressed if it is gzip-compressed.
final class FileSource: ByteSource {
  let path: String
  let limit: Int
  let budget: MemoryBudget
  private let file: gzFile

  /// The maximum compression ratio of deflate.
  static let deflateRatio = 1032

  init(_ path: String, limits: ReadingLimits = .standard) throws {
    self.path = path
    let (descriptor, size) = try openFile(path)
    guard let file = gzdopen(descriptor, "rb") else {
      close(descriptor)
      throw DataFileError.unreadable(path: path, reason: "not enough memory")
    }
    self.file = file
    // This reads the start of the file, so that zlib knows whether it is compressed.
    let isPacked = gzdirect(file) == 0
    limit = size * (isPacked ? Self.deflateRatio : 1)
    budget = MemoryBudget(limits, path: path, fileSize: size)
  }

  deinit { gzclose(file) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = gzread(file, buffer.baseAddress, UInt32(min(buffer.count, 1 << 30)))
    var code: Int32 = 0
    let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
    guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
      throw damaged(
        code == Z_ERRNO ? String(cString: strerror(errno)) : "it cannot be decompressed: \(message)"
      )
    }
    return Int(count)
  }
}
