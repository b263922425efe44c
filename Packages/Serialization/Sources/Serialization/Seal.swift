@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

/// What stands at the end of a file that Flambeau wrote, behind all that HDF5 knows of: where each
/// tensor's data is and what its checksum is, and one checksum for all other bytes.
///
/// So damage is found, and its tensor named, before libhdf5 sees a file, and tensors can be mapped
/// without it. The last 24 bytes are the length of the seal in JSON and its checksum, both 8 bytes,
/// little-endian, and a mark. The file's first block, which HDF5 leaves to its users, is full of
/// such marks: so a file that has lost its seal is known to have had one.
struct Seal: Codable {
  struct Part: Codable {
    let key: String
    let dtype: String
    let shape: [Int]
    /// Pairs of an offset and a length in the file; several where the data is compressed.
    let extents: [[Int]]
    var sum = ""
    /// Whether the data is in one piece and as it is in memory.
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

  /// Adds the checksums, and writes the seal at the end of a file.
  ///
  /// - Parameter plain: the tensors in memory, of the parts that are plain.
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

  /// The seal of a file; nil where there is none.
  ///
  /// - Throws: ``SerializationError``, where what is no tensor's data is not as it was written.
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
    guard length <= UInt64(file.size - 24) else { throw wrong("its seal is longer than itself") }
    let end = file.size - 24 - Int(length)
    let text = try file.bytes(end..<file.size - 24)
    guard Checksum.of(text) == UInt64(littleEndianBytes: tail[8..<16]),
      let seal = try? JSONDecoder().decode(Seal.self, from: Data(text))
    else { throw wrong("its seal is not as it was written") }
    self = seal
    guard version <= HDF5StateDict.version else {
      throw SerializationError.newerVersion(path: file.path, version: version)
    }
    guard try restSum(of: file, end: end) == rest else {
      throw wrong("what is no tensor's data is not as it was written")
    }
  }

  /// The entries, which are checked to be of tensors that there can be.
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
          path: path, tensor: part.key, reason: "its seal says what cannot be")
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

  /// The checksum of the bytes up to `end` that are no part's.
  ///
  /// - Throws: ``SerializationError``, where pieces of parts are not there, or not apart: no byte
  ///   is read for many tensors.
  private func restSum(of file: MappedFile, end: Int) throws -> String {
    let wrong = SerializationError.damaged(
      path: file.path, tensor: nil, reason: "its seal says what cannot be")
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
