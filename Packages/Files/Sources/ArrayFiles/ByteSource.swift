import CZlib
import Foundation
import Tensors
@_spi(Flambeau) import Files

/// Bytes that come one after another, from a file or from inside an archive.
protocol ByteSource: AnyObject {
  var path: String { get }
  /// The most bytes there can be. A header that promises more lies, and nothing is allocated for it.
  var limit: Int { get }
  /// Up to as many bytes as there is room for; none at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
  func damaged(_ reason: String) -> DataFileError { .damaged(path: path, reason: reason) }

  /// As many bytes as there is room for.
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
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      try fill(
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]),
        with: what)
      filled = count
    }
  }

  /// A tensor of elements that lie one after another and end the file.
  ///
  /// - Parameter swapped: whether the elements' bytes are in the other order than this machine's.
  func tensor(_ shape: [Int], _ dtype: DType, swapped: Bool) throws -> Tensor {
    guard let byteCount = dtype.byteCount(of: shape), byteCount <= limit else {
      throw damaged("its header says \(shape) of \(dtype), more than the file can hold")
    }
    let tensor = Tensor.empty(shape, dtype: dtype)
    let memory = UnsafeMutableRawBufferPointer(start: tensor.view.pointer, count: byteCount)
    try fill(memory, with: "data")
    try expectEnd()
    if swapped { swapBytes(of: memory, each: dtype.itemSize) }
    if dtype == .bool { memory.makeBools() }
    return tensor
  }

  /// Looks for the end, where an archive also compares its checksum.
  func expectEnd() throws {
    var byte: UInt8 = 0
    guard try withUnsafeMutableBytes(of: &byte, { try read(into: $0) }) == 0 else {
      throw damaged("there is more in it than its header says")
    }
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Any other byte than 0 and 1 would be a bool that is neither.
  func makeBools() {
    for index in indices { self[index] = self[index] == 0 ? 0 : 1 }
  }
}

private func swapBytes(of memory: UnsafeMutableRawBufferPointer, each size: Int) {
  func swap<Word: FixedWidthInteger>(_: Word.Type) {
    let words = memory.bindMemory(to: Word.self)
    for index in words.indices { words[index] = words[index].byteSwapped }
  }
  switch size {
  case 2: swap(UInt16.self)
  case 4: swap(UInt32.self)
  case 8: swap(UInt64.self)
  default: break
  }
}

/// A file, unpacked if it is packed by gzip.
final class FileSource: ByteSource {
  let path: String
  let limit: Int
  private let file: gzFile

  /// How many bytes a byte of deflate's can stand for.
  static let deflateRatio = 1032

  init(_ path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { close(descriptor) }
      throw DataFileError.unreadable(path: path, reason: reason)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw DataFileError.unreadable(path: path, reason: "it is a folder")
    }
    guard let file = gzdopen(descriptor, "rb") else {
      close(descriptor)
      throw DataFileError.unreadable(path: path, reason: "not enough memory")
    }
    self.file = file
    // It says now whether the file is packed.
    let isPacked = gzdirect(file) == 0
    limit = Int(status.st_size) * (isPacked ? Self.deflateRatio : 1)
  }

  deinit { gzclose(file) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = gzread(file, buffer.baseAddress, UInt32(min(buffer.count, 1 << 30)))
    var code: Int32 = 0
    let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
    guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
      throw damaged(
        code == Z_ERRNO ? String(cString: strerror(errno)) : "it cannot be unpacked: \(message)")
    }
    return Int(count)
  }
}
