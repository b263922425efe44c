@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

/// The trailer of an HDF5 file that Flambeau wrote, after all that HDF5 uses: the ranges and the
/// checksum of each tensor's data, and one checksum of all other bytes.
///
/// With it, damage is detected, and its tensor named, before libhdf5 opens the file, and tensors
/// can be mapped without libhdf5. The seal is JSON. The last 24 bytes of the file are its length
/// and its checksum, both 8 bytes, little-endian, and a magic number of 8 bytes. The file's user
/// block is filled with this magic number, so that a file without a seal is known to have lost it.
struct Seal: Codable {
  struct Part: Codable {
    let key: String
    let dtype: String
    let shape: [Int]
    /// Pairs of an offset and a length in the file; several if the data is compressed.
    let extents: [[Int]]
    var sum = ""
    /// Whether the data is contiguous and stored as in memory.
    let isPlain: Bool
  }

  var version: Int
  var parts: [Part]
  let metadata: [String: String]
  /// The checksum of all other bytes before the seal.
  var rest = ""

  init(version: Int, parts: [Part], metadata: [String: String]) {
    (self.version, self.parts, self.metadata) = (version, parts, metadata)
  }

  private static let mark = Array("FLAMBEAU".utf8)
  static let blockSize = 512
  static let block = Array(repeating: mark, count: blockSize / mark.count).flatMap(\.self)

  // MARK: Writing

  /// Computes the checksums, and appends the seal to a file.
  ///
  /// - Parameter plain: tensors in memory, including those of all plain parts.
  mutating func append(to path: String, plain: StateDict) throws {
    let file = try MappedFile(path)
    let memory = parts.filter(\.isPlain).map { plain[$0.key]!.bytes }
    var sums = Checksum.all(memory).makeIterator()
    for place in parts.indices {
      parts[place].sum =
        parts[place].isPlain ? Checksum.text(sums.next()!) : try sum(of: parts[place], in: file)
    }
    rest = try restSum(of: file, end: file.size)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    let text = Array(try encoder.encode(self))
    let writer = try ByteWriter(path, at: file.size)
    try writer.write(
      text + text.count.littleEndianBytes + Checksum.of(text).littleEndianBytes + Self.mark)
  }

  // MARK: Reading

  /// The seal of a file; nil if it has none.
  ///
  /// - Throws: ``SerializationError`` if the seal, or bytes that are not tensors' data, have
  ///   changed.
  init?(of file: MappedFile) throws {
    func wrong(_ reason: String) -> SerializationError {
      .damaged(path: file.path, tensor: nil, reason: reason)
    }
    let block = try file.bytes(0..<min(Self.blockSize, file.size))
    let isSealed = block.indices.contains { block[$0...].starts(with: Self.mark) }
    let tail = try file.bytes(max(file.size - 24, 0)..<file.size)
    guard tail.count == 24, Array(tail[16...]) == Self.mark else {
      guard !isSealed else { throw wrong("its seal is missing: it was cut, or changed elsewhere") }
      return nil
    }
    let length = UInt64(littleEndianBytes: tail[..<8])
    guard length <= UInt64(file.size - 24) else { throw wrong("its seal is longer than the file") }
    let end = file.size - 24 - Int(length)
    let text = try file.bytes(end..<file.size - 24)
    guard Checksum.of(text) == UInt64(littleEndianBytes: tail[8..<16]),
      let seal = try? JSONDecoder().decode(Seal.self, from: Data(text))
    else { throw wrong("its seal has changed since it was written") }
    self = seal
    guard version <= HDF5StateDict.version else {
      throw SerializationError.newerVersion(path: file.path, version: version)
    }
    guard try restSum(of: file, end: end) == rest else {
      throw wrong("bytes outside tensors' data have changed since it was written")
    }
  }

  /// The entries; throws if one cannot be a tensor.
  func entries(in path: String) throws -> [FileSummary.Entry] {
    var keys: Set<String> = []
    return try parts.map { part in
      guard keys.insert(part.key).inserted else {
        throw SerializationError.sameKey(part.key, path: path)
      }
      guard let dtype = DType(part.dtype), let count = dtype.byteCount(of: part.shape),
        !part.isPlain || part.extents.map({ $0[1] }) == [count]
      else {
        throw SerializationError.damaged(
          path: path, tensor: part.key, reason: "its seal is inconsistent")
      }
      return FileSummary.Entry(key: part.key, shape: part.shape, dtype: dtype)
    }
  }

  /// The checksum of a part's data in the file.
  func sum(of part: Part, in file: MappedFile) throws -> String {
    var extents = part.extents.makeIterator()
    return try Checksum.text(
      Checksum.joined { try extents.next().map { try file.bytes($0[0]..<$0[0] + $0[1]) } })
  }

  /// The checksum of the bytes up to `end` that are not in any part.
  ///
  /// - Throws: ``SerializationError`` if extents of parts are out of range or overlap, so that no
  ///   byte is read for several tensors.
  private func restSum(of file: MappedFile, end: Int) throws -> String {
    let wrong = SerializationError.damaged(
      path: file.path, tensor: nil, reason: "its seal is inconsistent")
    let extents = parts.flatMap(\.extents)
    guard extents.allSatisfy({ $0.count == 2 && $0[0] >= 0 && $0[1] >= 0 }) else { throw wrong }
    var rest: [UInt8] = []
    var position = 0
    for extent in extents.sorted(by: { $0[0] < $1[0] }) where extent[1] > 0 {
      guard position <= extent[0], extent[0] <= end, extent[1] <= end - extent[0] else {
        throw wrong
      }
      rest += try file.bytes(position..<extent[0])
      position = extent[0] + extent[1]
    }
    rest += try file.bytes(position..<end)
    return Checksum.text(Checksum.of(rest))
  }
}
