@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

/// A file whose parts can be mapped into memory as tensors, without being copied. Meanwhile it may
/// be replaced, but must not be truncated.
@_spi(Flambeau) public final class MappedFile: Sendable {
  public let path: String
  public let size: Int
  private let descriptor: Int32

  /// - Throws: `DataFileError.unreadable`.
  public init(_ path: String) throws {
    self.path = path
    (descriptor, size) = try openFile(path)
  }

  deinit { close(descriptor) }

  /// The bytes in a range, which must be within the file.
  public func bytes(_ range: Range<Int>) throws -> [UInt8] {
    // The initializer stores the count of an empty array too, in memory that all threads share.
    guard !range.isEmpty else { return [] }
    return try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      try read(range, into: UnsafeMutableRawBufferPointer(buffer))
      count = range.count
    }
  }

  /// A tensor of contiguous elements, which must be within the file.
  public func tensor(at offset: Int, _ shape: [Int], _ type: StoredType) throws -> Tensor {
    let dtype = type.dtype
    let count = shape.reduce(type.itemSize, *)
    // Small tensors, unaligned ones, and those whose elements must be converted are copied.
    if count >= 1 << 16, type == .plain(dtype), dtype != .bool, offset % dtype.itemSize == 0,
      let storage = Storage.mapped(descriptor: descriptor, offset: offset, byteCount: count)
    {
      return Tensor(storage: storage, shape: shape, dtype: dtype)
    }
    return try type.tensor(shape, swapped: false, path: path) {
      try read(offset..<offset + count, into: $0)
    }
  }

  private func read(_ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < range.count {
      let count = pread(
        descriptor, buffer.baseAddress! + done, min(range.count - done, 1 << 30),
        off_t(range.lowerBound + done))
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        throw DataFileError.unreadable(
          path: path,
          reason: count == 0 ? "it has become shorter" : String(cString: strerror(errno)))
      }
      done += count
    }
  }
}
